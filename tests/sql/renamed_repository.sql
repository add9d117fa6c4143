-- A repository that is renamed at its host, told by pushes: under its two names, and another one the same that never had but one.
\set ECHO none
\ir ../support/git_facts.sql
-- What is known of a repository, without its name.
CREATE FUNCTION facts.known(p_repository text) RETURNS TABLE (what text, row_ jsonb) LANGUAGE sql AS $$
    SELECT k.what, k.row_ - '{repository,seq,changed_seq,derived_to,delivery_id,received_at,is_derived,rank_sha256,issue_id,issue_key,
                             named_key,key,keys,title,message,received,imported_at}'::text[]
    FROM (SELECT 'ref', to_jsonb(r) - 'seen_at' FROM refs r WHERE repository = p_repository
          UNION ALL SELECT 'place', to_jsonb(o) FROM commit_refs o WHERE repository = p_repository
          UNION ALL SELECT 'commit', to_jsonb(c) FROM commits c WHERE repository = p_repository
          UNION ALL SELECT 'key', to_jsonb(k) FROM commit_keys k WHERE repository = p_repository
          UNION ALL SELECT 'link', to_jsonb(l) FROM issue_commits l WHERE repository = p_repository
          UNION ALL SELECT 'revert', to_jsonb(v) FROM reverted_commits v WHERE repository = p_repository
          UNION ALL SELECT 'named', to_jsonb(n) FROM revert_names n WHERE repository = p_repository
          UNION ALL SELECT 'reach', to_jsonb(b) FROM counted_reach b WHERE repository = p_repository
          UNION ALL SELECT 'push', to_jsonb(p) FROM pushes p WHERE repository = p_repository
          UNION ALL SELECT 'listed', to_jsonb(l) FROM push_commits l WHERE repository = p_repository
          UNION ALL SELECT 'request', to_jsonb(q) FROM pull_requests q WHERE repository = p_repository
          UNION ALL SELECT 'repository', to_jsonb(r) FROM repositories r WHERE repository = p_repository) k (what, row_) $$;
CREATE FUNCTION facts.unlike(p_one text, p_other text) RETURNS TABLE (what text, only_in text, rows bigint) LANGUAGE sql AS $$
    SELECT d.what, d.only_in, count(*)
    FROM ((SELECT p_one AS only_in, * FROM facts.known(p_one) EXCEPT ALL SELECT p_one, * FROM facts.known(p_other))
          UNION ALL
          (SELECT p_other, * FROM facts.known(p_other) EXCEPT ALL SELECT p_other, * FROM facts.known(p_one))) d
    GROUP BY 1, 2 ORDER BY 1, 2 $$;
-- What happens before it is renamed, and after, under which name, with which key.
CREATE PROCEDURE facts.before(p_name text, p_key text) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM facts.pushed(1, p_name || ' main', NULL, 'base', facts.listed('base: begin', '{}'));
    PERFORM facts.pushed(2, p_name || ' work', NULL, 'two', facts.listed('one: form', '{base}'), facts.listed('two: field', '{one}'));
    PERFORM facts.pushed(3, p_name || ' release/1.0', NULL, 'base');
    PERFORM facts.pushed(4, p_name || ' main', 'base', 'three', facts.listed('three: ' || p_key, '{base}', ARRAY[p_key]));
    PERFORM facts.request(p_name, 1, p_key || ' Login', 'work', ARRAY[p_key]);
    PERFORM facts.request(p_name, 3, 'Three', 'three', '{}', 'three');
END
$$;
CREATE PROCEDURE facts.after(p_name text, p_key text) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM facts.pushed(6, p_name || ' work', 'two', 'join', facts.listed('three: ' || p_key, '{base}', ARRAY[p_key], known => true),
                         facts.listed('join: Merge main', '{two,three}', '{}', '{}'));
    PERFORM facts.pushed(7, p_name || ' main', 'three', 'join', facts.listed('one: form', '{base}'), facts.listed('two: field', '{one}'),
                         facts.listed('join: Merge main', '{two,three}', '{}', '{}'));
    PERFORM facts.request(p_name, 1, p_key || ' Login', 'work', ARRAY[p_key], p_head => 'join');
    PERFORM facts.pushed(8, p_name || ' work', 'join', NULL);
    PERFORM facts.pushed(9, p_name || ' release/1.0', 'base', 'undo', facts.listed('undo: Revert', '{base}', reverts => '{three}'));
END
$$;
-- An import, and what is pushed on top of it.
CREATE PROCEDURE facts.cloned(p_name text) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM facts.commit('red', '{APP-3}', p_repository => p_name);
    PERFORM facts.commit('green', '{APP-4}', parents => '{red}', p_repository => p_name);
    PERFORM facts.place('main', 1, '{red}', p_name), facts.place('main', 2, '{green}', p_name);
    PERFORM facts.request(p_name, 7, 'APP-3 Red', 'red', '{APP-3}', 'red');
END
$$;
CREATE PROCEDURE facts.copied(p_name text) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM facts.git(jsonb_build_object('repository', p_name, 'pull_request', jsonb_build_object(
        'number', 7, 'state', 'open', 'keys', '["APP-3"]'::jsonb, 'updated_at', '2026-03-02T01:00:00Z')));
    PERFORM facts.pushed(3, p_name || ' main', 'green', 'blue', facts.listed('green: less'), facts.listed('blue: APP-5', NULL, '{APP-5}'));
END
$$;
\set ECHO all

-- Under one name from the start: APP-1. Renamed, and pushed to since: APP-2, whose main and release/1.0 are two branches each then.
-- Must come out: each of APP-2's commits twice, and a repository that moved.
CALL facts.before('org/always', 'APP-1');
CALL facts.after('org/always', 'APP-1');
CALL facts.before('org/former', 'APP-2');
SELECT facts.settle() >= 0;
CALL facts.after('org/now', 'APP-2');
SELECT facts.settle() >= 0;
SELECT repository, ref, deleted_at IS NULL AS lives FROM refs WHERE repository IN ('org/former', 'org/now') ORDER BY 1, 2;
SELECT * FROM facts.story WHERE issue_key IN ('APP-1', 'APP-2');
SELECT repository, moved_to, branches FROM moved_repositories WHERE moved_to <> 'org/always';
-- Must come out after it is moved: links stay while the jobs wait, nothing is under the former name, and all is as the other's.
SELECT * FROM rename_repository('git', 'org/former', 'org/now');
SELECT * FROM facts.story WHERE issue_key = 'APP-2';
SELECT facts.settle() >= 0;
SELECT count(*) FROM facts.known('org/former');
SELECT * FROM facts.unlike('org/always', 'org/now');
SELECT * FROM facts.work WHERE issue_key IN ('APP-1', 'APP-2') ORDER BY 2, 1, 3;
SELECT * FROM facts.story WHERE issue_key IN ('APP-1', 'APP-2');
SELECT count(*) FROM moved_repositories;
SELECT correlation_rebuild();

-- Again: nothing to move. A replay of what was received under the former name tells of the new one; what is received from now on,
-- of another repository, until that is said to be the same.
SELECT moved FROM rename_repository('git', 'org/former', 'org/now') WHERE what <> 'jobs';
SELECT former, repository FROM repository_renames;
SELECT facts.git(convert_from(d.body, 'UTF8')::jsonb, d.delivery_id, d.received_at, convert_from(d.body, 'UTF8'), p_is_replay => true)
FROM deliveries d WHERE d.delivery_id = 'org/former main 4';
SELECT facts.settle() >= 0;
SELECT * FROM facts.unlike('org/always', 'org/now');
SELECT facts.git(jsonb_build_object('repository', 'org/former', 'changes', '[{"ref": "main"}]'::jsonb), 'late', now() + interval '1 day');
SELECT facts.settle() >= 0;
SELECT repository FROM pushes WHERE delivery_id = 'late';
SELECT what, moved FROM rename_repository('git', 'org/former', 'org/now') WHERE what <> 'jobs';
SELECT facts.settle() >= 0;
SELECT count(*) FROM facts.known('org/former');
SELECT correlation_rebuild();

-- Renamed once more, what had the first name follows; renamed back, it has one name.
SELECT count(*) FROM rename_repository('git', 'org/now', 'org/next');
SELECT former, repository FROM repository_renames ORDER BY 1, 2;
SELECT count(*) FROM rename_repository('git', 'org/next', 'org/now');
SELECT former, repository FROM repository_renames ORDER BY 1, 2;
SELECT facts.settle() >= 0;
SELECT correlation_rebuild();

-- What an import had read goes along, and of a pull request and a commit that both names tell of the later and the fuller look;
-- a waiver, too. A revert elsewhere names a pull request by the former name. Must come out: no difference to the one that had but
-- one name, red taken back where the revert is, by the name of today, and 0.
CALL facts.cloned('org/whole');
CALL facts.copied('org/whole');
CALL facts.cloned('org/clone');
SELECT facts.pushed(2, 'org/else main', NULL, 'unred', facts.listed('red: APP-3', '{}', '{APP-3}'),
    facts.listed('unred: Reverts org/clone#7', '{red}', reverts => '{org/clone#7}'));
SELECT facts.settle() >= 0;
SELECT waive_commit('org/clone', facts.sha('green'), 'generated', 'ada') IS NOT NULL;
CALL facts.copied('org/copy');
SELECT facts.settle() >= 0;
SELECT what, moved FROM rename_repository('git', 'org/clone', 'org/copy') WHERE what <> 'jobs';
SELECT facts.settle() >= 0;
SELECT * FROM facts.unlike('org/whole', 'org/copy');
SELECT count(*) FROM facts.known('org/clone');
SELECT * FROM facts.line WHERE repository = 'org/copy';
SELECT number, state FROM pull_requests WHERE repository = 'org/copy';
SELECT named FROM revert_names WHERE repository = 'org/else';
SELECT sha = facts.sha('red') AS is_red FROM reverted_commits WHERE repository = 'org/else';
SELECT repository FROM commit_waivers;
SELECT correlation_rebuild();

-- A commit made after the renaming names a pull request of its own repository as it was called before. Must come out: by its number.
SELECT facts.pushed(30, 'org/copy late', NULL, 'late', facts.listed('late: Reverts org/clone#7', '{}', reverts => '{org/clone#7}')
    || '{"committed_at": "2999-01-01T00:00:00Z"}');
SELECT facts.settle() >= 0;
SELECT named FROM revert_names WHERE repository = 'org/copy' AND sha = facts.sha('late');
SELECT correlation_rebuild();

-- What nobody knows, or has no other name, is refused.
SELECT * FROM rename_repository('git', 'org/unknown', 'org/now');
SELECT * FROM rename_repository('git', 'org/now', 'org/now');
