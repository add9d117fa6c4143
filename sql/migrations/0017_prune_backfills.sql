-- How long backfills that ended are kept.

INSERT INTO jirasync.settings (name, value, description) VALUES
    ('prune_backfills_days', '90', 'Days that a backfill which was finished or abandoned is kept; the last one of each site that loaded all of it stays');
