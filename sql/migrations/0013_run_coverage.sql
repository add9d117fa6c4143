-- The history of a version is found by its name: run_coverage grows by a row for each run and version, and is kept for good.
CREATE INDEX run_coverage_by_version ON jirasync.run_coverage (tenant, source, project_key, fix_version, at);
