"""What happens to a small Jira's projects, versions, sprints, boards and users; and how often each thing happens."""
from mirror_model import Site, Thing


class Jira(Site):
    # ---- projects ----

    def create_project(self, silently=False):
        project = self.make(key=self.free_key() or self.new_key(), name="Project %d" % len(self.projects),
                            lead=self.actor(), deleted=False, archived=False, is_gone=False, last_number=0,
                            told=False, evented=False, keys=[], body=None)
        project.keys.append(project.key)
        self.projects.append(project)
        if not silently:
            self.tell_project(project, "project_created")
        return True

    def free_key(self):
        """At times the key of a project that is gone, which another may have again."""
        taken = [p.key for p in self.projects if not p.is_gone]
        keys = [p.key for p in self.projects if p.is_gone and p.key not in taken]
        return self.choice(keys) if self.chance(0.5) else None

    def tell_project(self, project, event):
        project.told = project.evented = True
        written = self.writer().project(project)
        project.body = project.body if project.deleted and project.body else written
        self.send(event, project=written)

    def change_project(self):
        project = self.choice([p for p in self.projects if not p.is_gone])
        if project is None:
            return False
        if project.deleted or project.archived:
            event = "project_restored_deleted" if project.deleted else "project_restored_archived"
            project.deleted = project.archived = False
        elif len(self.open_projects()) < 3 or self.chance(0.6):
            event = "project_updated"
            if self.chance(0.5):
                self.rename_project(project)
            else:
                project.name += "'"
        else:
            event = self.choice(["project_soft_deleted", "project_archived"])
            project.deleted, project.archived = event == "project_soft_deleted", event == "project_archived"
        self.tell_project(project, event)
        return True

    def rename_project(self, project):
        project.key = self.new_key()
        project.keys.append(project.key)
        for issue in self.issues:
            if issue.project is project and not issue.deleted:
                self.bear(issue)

    def delete_project(self):
        if len(self.open_projects()) < 3:
            return False
        project = self.choice(self.open_projects())
        for issue in [i for i in self.issues if i.project is project and not i.deleted]:
            if not issue.deleted:
                self.delete_issue(issue)
        project.deleted = project.is_gone = True
        self.tell_project(project, "project_deleted")
        return True

    # ---- versions ----

    def create_version(self, silently=False):
        project = self.choice(self.open_projects())
        if project is None:
            return False
        version = self.make(project=project, name="%d.%d" % (len(self.versions), self.choose.randint(0, 9)),
                            description="", archived=False, released=False, start=self.choice([None, "2026-01-05"]),
                            release=self.choice([None, "2026-02-28", "2026-12-31"]), deleted=False, merged=None,
                            told=False, evented=False, body=None)
        self.versions.append(version)
        if not silently:
            self.tell_version(version, "jira:version_created")
        return True

    def tell_version(self, version, event, **members):
        version.told = version.evented = True
        written = self.writer().version(version)
        version.body = version.body if version.deleted and version.body else written
        self.send(event, version=written, **members)

    def open_version(self):
        return self.choice([v for p in self.open_projects() for v in self.versions_of(p)])

    def change_version(self):
        version = self.open_version()
        if version is None:
            return False
        event = "jira:version_updated"
        what = self.choice(["name", "dates", "archived", "released", "released", "moved"])
        if what == "name":
            version.name += "r"
        elif what == "dates":
            version.start = self.choice([None, "2026-03-01"])
            version.release = self.choice([None, "2026-04-01"])
        elif what == "archived":
            version.archived = not version.archived
        elif what == "released":
            version.released = not version.released
            event = "jira:version_released" if version.released else "jira:version_unreleased"
        else:
            event = "jira:version_moved"
        self.tell_version(version, event)
        return True

    def issues_in(self, version):
        return [i for i in self.issues if version in i.versions and not i.deleted]

    def remove_version(self):
        version = self.open_version()
        others = [] if version is None else [v for v in self.versions_of(version.project) if v is not version]
        if version is None:
            return False
        target = self.choice(others) if self.chance(0.7) else None
        version.deleted = True
        if target is None:
            self.tell_version(version, "jira:version_deleted")
        else:
            version.merged = target
            self.tell_version(version, self.choice(["jira:version_deleted", "jira:version_merged"]),
                              mergedTo=self.writer().version(target))
        tells = self.chance(0.4)
        for issue in self.issues_in(version):
            before = issue.versions
            issue.versions = [v for v in before if v is not version]
            if target is not None and target not in issue.versions:
                issue.versions.append(target)
            if tells:
                self.tell_issue(issue, why="issue_updated", items=self.version_items(before, issue.versions))
        return True

    # ---- the rest ----

    def tell_sprint(self, sprint, event, **members):
        sprint.told = self.writer().sprint(sprint)
        self.send("sprint_" + event, sprint=sprint.told, **members)

    def sprint_life(self):
        sprint = self.choice([s for s in self.sprints if not s.deleted] + [None])
        if sprint is None:
            sprint = self.make(name="Sprint %d" % len(self.sprints), state="future", start=self.now, deleted=False)
            self.sprints.append(sprint)
            self.tell_sprint(sprint, "created")
        elif self.chance(0.2):
            sprint.deleted = True
            self.tell_sprint(sprint, "deleted")
        elif sprint.state != "closed" and self.chance(0.7):
            sprint.state = {"future": "active", "active": "closed"}[sprint.state]
            self.tell_sprint(sprint, "started" if sprint.state == "active" else "closed")
        else:
            old = self.writer().sprint(sprint)
            sprint.name += "+"
            self.tell_sprint(sprint, "updated", oldValue=old)
        return True

    def tell_board(self, board, event):
        board.told = self.writer().board(board)
        self.send("board_" + event, board=board.told)

    def board_life(self):
        board = self.choice([b for b in self.boards if not b.deleted] + [None])
        if board is None:
            board = self.make(name="Board %d" % len(self.boards), deleted=False, configuration=None)
            self.boards.append(board)
            self.tell_board(board, "created")
        elif self.chance(0.2):
            board.deleted = True
            self.tell_board(board, "deleted")
        elif self.chance(0.5):
            board.name += "."
            self.tell_board(board, "updated")
        else:
            board.configuration = dict(self.writer().board(board), columnConfig={"columns": [], "n": self.now})
            self.send("board_configuration_changed", configuration=board.configuration)
        return True

    def user_life(self):
        user = self.choice(self.users)
        if user.deleted:
            return True
        user.deleted = user.told is not None and self.chance(0.1)
        if not user.deleted:
            user.name += "x"
            user.told = self.writer().user(user)
        self.send("user_deleted" if user.deleted else self.choice(["user_created", "user_updated"]), user=user.told)
        return True

    def other_event(self):
        """Events that tell of nothing that the mirror has a place for, or of one that it keeps as it comes."""
        if self.chance(0.5):
            self.send("jira:something_new_%d" % self.choose.randint(1, 3), thing={"id": 1, "at": self.now})
        else:
            value = {"key": "jira.option.voting", "value": self.choice(["true", "false"]), "self": str(self.now)}
            self.settings["jira.option.voting"] = Thing(body=value, deleted=False)
            self.send("option_voting_changed", property=value)
        return True

    def live(self):
        """One step of its life."""
        self.tick()
        while not self.choose.choices([step for step, _ in STEPS], [weight for _, weight in STEPS])[0](self):
            pass


STEPS = [
    (Jira.create_issue, 6), (Jira.create_subtask, 3), (Jira.edit_issue, 14), (Jira.set_versions, 8),
    (Jira.transition, 8), (Jira.move_issue, 5), (Jira.delete_issue, 3), (Jira.add_comment, 7), (Jira.edit_comment, 4),
    (Jira.delete_comment, 2), (Jira.log_work, 5), (Jira.attach, 3), (Jira.link, 4), (Jira.set_property, 2),
    (Jira.create_project, 2), (Jira.change_project, 3), (Jira.delete_project, 1), (Jira.create_version, 4),
    (Jira.change_version, 5), (Jira.remove_version, 3), (Jira.sprint_life, 2), (Jira.board_life, 2),
    (Jira.user_life, 1), (Jira.other_event, 1),
]
