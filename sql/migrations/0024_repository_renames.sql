-- Under which name a repository goes that had another one.

CREATE TABLE jirasync.repository_renames (
    tenant      text NOT NULL,
    source      text NOT NULL,
    former      text NOT NULL,
    renamed_at  timestamptz NOT NULL,
    repository  text NOT NULL,
    PRIMARY KEY (tenant, source, former, renamed_at)
);
COMMENT ON TABLE jirasync.repository_renames IS 'Names that repositories had: what was received under one up to then is read as told of the new name, also when it is replayed. Written by rename_repository()';
COMMENT ON COLUMN jirasync.repository_renames.tenant IS 'Tenant of the source';
COMMENT ON COLUMN jirasync.repository_renames.source IS 'Slug of the git host';
COMMENT ON COLUMN jirasync.repository_renames.former IS 'Full name that the repository had';
COMMENT ON COLUMN jirasync.repository_renames.renamed_at IS 'Up to when the former name meant this repository; a later delivery under it tells of another one';
COMMENT ON COLUMN jirasync.repository_renames.repository IS 'Full name that it has today';
