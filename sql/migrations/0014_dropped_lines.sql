-- What a branch had once remembers what the branch was cut from then.

ALTER TYPE jirasync.dropped_line ADD ATTRIBUTE is_fork_guessed boolean;
COMMENT ON COLUMN jirasync.refs.base_sha IS 'Derived: the commit that it was cut from, as pushes tell; NULL where they do not. Of a line that a branch had once, what the branch was cut from then';
