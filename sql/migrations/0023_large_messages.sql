-- Long messages are compressed as bodies are: of a large push pglz took half the time that there is to store it.

ALTER TABLE jirasync.commits ALTER COLUMN message SET COMPRESSION lz4;
