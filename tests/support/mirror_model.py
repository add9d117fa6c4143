"""A small Jira that lives at random and tells of it by webhooks, in the dialect of Cloud or of Data Center.

Site.live() does one thing to it; Site.events gathers the bodies that a webhook would have sent, in their true order.
What each issue's events showed last is kept beside what it is: a mirror knows no more than it was told.
"""
import hashlib

from mirror_bodies import Writer, encode

STATUSES = [("To Do", "new"), ("Selected", "new"), ("In Progress", "indeterminate"), ("In Review", "indeterminate"),
            ("Done", "done"), ("Closed", "done")]
LABELS = ["backend", "ui", "a \"b\\", "c,d", "{}", "NULL", "Straße", ""]
TEXTS = ["Show the mandate", "Round up", "Ä \U0001f600 {\"a\"}", "NUL \0 in it", "half \ud83d pair",
         "it's \\ \"quoted\"", "日本語", "null", "tab\tand\nline"]


class Thing:
    """Anything that Jira holds: attributes and an identity."""

    def __init__(self, **attributes):
        self.__dict__.update(attributes)


class Issue(Thing):
    @property
    def key(self):
        return "%s-%d" % (self.project.key, self.number)

    @property
    def is_gone(self):
        return self.deleted or self.project.deleted

    @property
    def level(self):
        return {"Sub-task": -1, "Epic": 1}.get(self.type, 0)


class Site:
    def __init__(self, name, is_cloud, choose):
        self.name, self.is_cloud, self.choose = name, is_cloud, choose
        self.base = "https://%s.example.net" % name + ("" if is_cloud else "/jira")
        self.now = 1767225600000 + choose.randint(0, 10 ** 9)
        self.last_id = 10000
        self.events = []
        self.users = [self.make(id="%s-%d" % ("acc:" if is_cloud else "usr", n), name="User %d" % n, deleted=False,
                                told=None) for n in range(4)]
        self.used_keys = set()
        self.projects, self.versions, self.issues, self.links, self.sprints, self.boards = [], [], [], [], [], []
        self.properties = {}
        self.settings = {}
        self.begin()

    # ---- what is there ----

    def make(self, kind=Thing, **attributes):
        self.last_id += self.choose.randint(1, 3)
        return kind(**dict({"id": self.last_id}, **attributes))

    def new_key(self):
        while True:
            key = "".join(self.choose.choice("ABCDEFGHKLMNPQ") for _ in range(self.choose.randint(2, 4)))
            key += self.choice(["", "", "2", "_X"])
            if key not in self.used_keys:
                self.used_keys.add(key)
                return key

    def choice(self, things):
        return self.choose.choice(things) if things else None

    def chance(self, probability):
        return self.choose.random() < probability

    def some(self, things, most=3):
        return self.choose.sample(things, self.choose.randint(0, min(most, len(things))))

    def open_projects(self):
        return [p for p in self.projects if not p.deleted and not p.archived]

    def open_issues(self, *types):
        return [i for i in self.issues if not i.deleted and not i.project.deleted and not i.project.archived
                and (not types or i.type in types)]

    def versions_of(self, project):
        return [v for v in self.versions if v.project is project and not v.deleted]

    def children(self, name):
        return [c for i in self.open_issues() for c in getattr(i, name) if not c.deleted]

    def begin(self):
        """What was there before the webhook: no event tells of it."""
        for _ in range(2):
            self.create_project(silently=True)
        for _ in range(3):
            self.create_version(silently=True)
        for _ in range(5):
            self.create_issue(silently=True)

    # ---- telling ----

    def tick(self):
        self.now += self.choose.choice([10, 17, 1000, 60001, self.choose.randint(10, 10 ** 7)])

    def writer(self):
        return Writer(self, self.choose.choice([-420, -420, 0, 60, 330, -570, 840]))

    def send(self, event, **members):
        """An event of this moment, or of up to three milliseconds after it."""
        body = {"timestamp": self.now + self.choose.choice([0, 0, 1, 3])}
        if event is not None:
            body["webhookEvent"] = event
        body.update(members)
        text = encode(body, self.choose)
        self.events.append((self.name, text))
        self.sent = (body["timestamp"], hashlib.sha256(text).digest())
        return body["timestamp"]

    def actor(self):
        return self.choice(self.users)

    def bear(self, issue):
        """Notes the key that an issue has now: the mirror owes it, if the issue is known there."""
        issue.places.add((issue.project, issue.number))
        if issue.due_keys:
            issue.due_keys.add(issue.key)

    def show(self, issue, fields, is_delete=False):
        """Remembers what a whole event shows."""
        issue.due_keys.add(issue.key)
        rank = (issue.updated,) + self.sent
        if not is_delete:
            issue.project.told = True
            for version in issue.versions:
                version.told = True
        if issue.shown is not None and issue.shown.rank > rank:
            return
        issue.shown = Thing(
            rank=rank, fields=fields, key=issue.key, project=issue.project, summary=issue.summary,
            issue_type=issue.type, hierarchy_level=issue.level, parent=issue.parent, status=issue.status,
            status_category=issue.category,
            parent_key=issue.parent and issue.parent.key,
            resolution=issue.resolution, resolved_at=issue.resolved, priority=issue.priority,
            assignee=issue.assignee and issue.assignee.id, labels=list(issue.labels), versions=list(issue.versions),
            components=list(issue.components), created_at=issue.created, updated_at=issue.updated)

    def tell_issue(self, issue, event="jira:issue_updated", why="issue_generic", items=(), **members):
        """A whole event; all but a delete are edits."""
        writer = self.writer()
        if event != "jira:issue_deleted":
            issue.updated = self.now
        written = writer.issue(issue)
        if event != "jira:issue_deleted" or self.chance(0.5):
            members["issue_event_type_name"] = why
        if items or self.chance(0.3):
            members["changelog"] = {"id": str(self.last_id * 7), "items": list(items)}
        at = self.send(event, user=writer.user(self.actor()), issue=written, **members)
        self.show(issue, written["fields"], event == "jira:issue_deleted")
        return at

    def item(self, field, field_id, old, new, old_text=None, new_text=None):
        written = {"field": field, "fieldtype": "jira", "from": old, "fromString": old_text or old, "to": new,
                   "toString": new_text or new}
        if field_id and (self.is_cloud or self.chance(0.3)):
            written["fieldId"] = field_id
        return written

    def version_items(self, before, after):
        gone, new = [v for v in before if v not in after], [v for v in after if v not in before]
        return ([self.item("Fix Version", "fixVersions", str(v.id), None, v.name, None) for v in gone] +
                [self.item("Fix Version", "fixVersions", None, str(v.id), None, v.name) for v in new])

    def tell_comment(self, comment, event, why):
        """Cloud: the comment with a trimmed issue. Data Center: the comment alone, and the whole issue with it."""
        issue, writer = comment.issue, self.writer()
        issue.updated = self.now
        if self.is_cloud:
            self.send(event, comment=writer.comment(comment), issue=writer.trimmed_issue(issue))
            self.show_fragment(issue, summary=issue.summary, issue_type=issue.type, hierarchy_level=issue.level,
                               status=issue.status, status_category=issue.category, priority=issue.priority,
                               assignee=issue.assignee and issue.assignee.id, project=issue.project)
        else:
            self.send(event, comment=writer.comment(comment))
            if not issue.deleted:
                self.tell_issue(issue, why=why, comment=writer.comment(comment))

    def show_fragment(self, issue, **columns):
        issue.due_keys.add(issue.key)
        issue.fragments.append((self.sent, columns))

    # ---- issues ----

    def create_issue(self, kind=None, parent=None, silently=False):
        project = parent.project if parent else self.choice(self.open_projects())
        if project is None:
            return False
        project.last_number += 1
        status, category = STATUSES[0]
        issue = self.make(
            Issue, number=project.last_number, project=project,
            type=kind or self.choice(["Story", "Story", "Bug", "Epic"]), summary=self.choice(TEXTS), status=status,
            category=category, resolution=None, resolved=None,
            priority=self.choice(["High", "Low", None]), assignee=self.choice(self.users + [None]),
            reporter=self.actor(), versions=self.some(self.versions_of(project), 2), labels=self.some(LABELS),
            parent=parent, subtasks=[], components=self.some(["api", "web {1}"]), created=self.now, updated=self.now,
            deleted=False, deleted_at=None, comments=[], worklogs=[], attachments=[], places=set(),
            due_keys=set(), shown=None, fragments=[])
        self.issues.append(issue)
        self.bear(issue)
        if issue.type == "Sub-task":
            parent.subtasks.append(issue)
        if not silently:
            self.tell_issue(issue, "jira:issue_created", "issue_created",
                            self.version_items([], issue.versions) if self.chance(0.5) else ())
        return True

    def create_subtask(self):
        parent = self.choice(self.open_issues("Story", "Bug"))
        return parent is not None and self.create_issue("Sub-task", parent)

    def edit_issue(self):
        issue = self.choice(self.open_issues())
        if issue is None:
            return False
        what = self.choice(["summary", "labels", "assignee", "priority", "components", "type", "epic"])
        if what == "type" and issue.type in ("Story", "Bug"):
            issue.type = {"Story": "Bug", "Bug": "Story"}[issue.type]
        elif what == "epic" and issue.type in ("Story", "Bug"):
            issue.parent = self.choice([None] + self.open_issues("Epic"))
        elif what == "labels":
            issue.labels = self.some(LABELS)
        elif what == "components":
            issue.components = self.some(["api", "web {1}", "x\"y"])
        elif what == "assignee":
            issue.assignee = self.choice(self.users + [None])
        elif what == "priority":
            issue.priority = self.choice(["High", "Low", "Medium", None])
        else:
            issue.summary = self.choice(TEXTS) + " %d" % self.choose.randint(1, 99)
        self.tell_issue(issue, why="issue_updated", items=[self.item("summary", "summary", None, None, "a", "b")])
        return True

    def set_versions(self):
        issue = self.choice(self.open_issues())
        if issue is None:
            return False
        before, issue.versions = issue.versions, self.some(self.versions_of(issue.project))
        self.tell_issue(issue, why="issue_updated", items=self.version_items(before, issue.versions))
        return True

    def transition(self):
        issue = self.choice(self.open_issues())
        if issue is None:
            return False
        old = issue.status
        issue.status, issue.category = self.choice(STATUSES)
        done = issue.category == "done"
        issue.resolution = self.choice(["Done", "Won't Do"]) if done else None
        issue.resolved = self.now if done else None
        self.tell_issue(issue, items=[self.item("status", "status", "1", "2", old, issue.status)])
        if self.chance(0.2):
            # A workflow's post-function tells the same without naming an event.
            writer = self.writer()
            written = writer.issue(issue)
            self.send(None, transition={"workflowId": 7, "transitionName": "Go"}, comment="", issue=written,
                      user=writer.user(self.actor()))
            self.show(issue, written["fields"])
        if self.is_cloud and self.chance(0.3):
            self.add_comment(issue)
        return True

    def move_issue(self):
        issue = self.choice(self.open_issues("Story", "Bug", "Epic"))
        target = issue and self.choice([p for p in self.open_projects() if p is not issue.project])
        if target is None:
            return False
        for moved in [issue] + [s for s in issue.subtasks if not s.deleted]:
            self.move_to(moved, target)
        return True

    def move_to(self, issue, target):
        old_key, old_project, before = issue.key, issue.project, issue.versions
        target.last_number += 1
        issue.project, issue.number, issue.components = target, target.last_number, []
        issue.versions = self.some(self.versions_of(target), 2)
        self.bear(issue)
        items = [self.item("project", "project", str(old_project.id), str(target.id), old_project.name, target.name),
                 {"field": "Key", "fieldtype": "jira", "from": None, "fromString": old_key, "to": None,
                  "toString": issue.key}]
        issue.due_keys.add(old_key)
        self.tell_issue(issue, why="issue_moved", items=items + self.version_items(before, issue.versions))

    def delete_issue(self, issue=None):
        issue = issue or self.choice(self.open_issues())
        if issue is None:
            return False
        issue.deleted = True
        issue.deleted_at = self.tell_issue(issue, "jira:issue_deleted", "issue_deleted")
        for subtask in [s for s in issue.subtasks if not s.deleted]:
            self.delete_issue(subtask)
        tells = self.chance(0.6)
        for comment in [c for c in issue.comments if not c.deleted]:
            comment.deleted = True
            if tells:
                self.send("comment_deleted", comment=self.writer().comment(comment))
        for name in ("worklog", "attachment"):
            for child in [c for c in getattr(issue, name + "s") if not c.deleted]:
                self.remove_child(name, child, tells)
        for link in [k for k in self.links if not k.deleted and issue in (k.source, k.target)]:
            link.deleted = True
            if tells:
                self.send("issuelink_deleted", issueLink=self.writer().link(link))
        return True

    # ---- what hangs on issues ----

    def add_comment(self, issue=None):
        issue = issue or self.choice(self.open_issues())
        if issue is None:
            return False
        comment = self.make(issue=issue, author=self.actor(), text=self.choice(TEXTS), created=self.now,
                            updated=self.now, deleted=False)
        issue.comments.append(comment)
        self.tell_comment(comment, "comment_created", "issue_commented")
        return True

    def edit_comment(self):
        comment = self.choice(self.children("comments"))
        if comment is None:
            return False
        comment.text, comment.updated = self.choice(TEXTS) + " again", self.now
        self.tell_comment(comment, "comment_updated", "issue_comment_edited")
        return True

    def delete_comment(self):
        comment = self.choice(self.children("comments"))
        if comment is None:
            return False
        comment.deleted = True
        self.tell_comment(comment, "comment_deleted", "issue_comment_deleted")
        return True

    def tell_child(self, name, child, event):
        writer = self.writer()
        members = {name: getattr(writer, name)(child)}
        if name == "attachment" and child.names_issue:
            members["issue"] = writer.named_issue(child.issue)
        self.send("%s_%s" % (name, event), **members)
        if event == "created":
            child.told = members[name]
        if "issue" in members:
            self.show_fragment(child.issue)

    def remove_child(self, name, child, tells=True):
        if tells:
            self.tell_child(name, child, "deleted")
        # A mirror can't tell whose an attachment was that came without its issue.
        child.deleted = tells or name != "attachment" or child.names_issue
        child.is_gone = True

    def log_work(self):
        issue = self.choice(self.open_issues())
        worklog = issue and self.choice([w for w in issue.worklogs if not w.deleted] + [None])
        if issue is None:
            return False
        if worklog is None:
            worklog = self.make(issue=issue, author=self.actor(), created=self.now, updated=self.now, deleted=False,
                                started=self.now - self.choose.randint(0, 10 ** 7),
                                seconds=self.choose.randint(60, 10 ** 5))
            issue.worklogs.append(worklog)
            self.tell_child("worklog", worklog, "created")
        elif self.chance(0.4):
            self.remove_child("worklog", worklog)
        else:
            worklog.updated, worklog.seconds = self.now, worklog.seconds + 60
            self.tell_child("worklog", worklog, "updated")
        return True

    def attach(self):
        issue = self.choice(self.open_issues())
        attachment = issue and self.choice([a for a in issue.attachments if not a.deleted] + [None])
        if issue is None:
            return False
        if attachment is None:
            attachment = self.make(issue=issue, author=self.actor(), created=self.now, deleted=False,
                                   name="shot %d.png" % self.now, names_issue=self.chance(0.5))
            issue.attachments.append(attachment)
            self.tell_child("attachment", attachment, "created")
        else:
            self.remove_child("attachment", attachment)
        return True

    def link(self):
        link = self.choice([k for k in self.links if not k.deleted] + [None, None])
        if link is not None:
            link.deleted = True
            self.send("issuelink_deleted", issueLink=self.writer().link(link))
            return True
        issues = self.open_issues()
        if len(issues) < 2:
            return False
        source, target = self.choose.sample(issues, 2)
        self.links.append(self.make(type=self.choice(["Relates", "Blocks"]), source=source, target=target,
                                    deleted=False))
        self.send("issuelink_created", issueLink=self.writer().link(self.links[-1]))
        return True

    def set_property(self):
        issue = self.choice(self.open_issues())
        if issue is None:
            return False
        name, writer = "%d/%s" % (issue.id, self.choice(["app.state", "x/y"])), self.writer()
        known = self.properties.get(name)
        deletes = known is not None and not known.deleted and self.chance(0.3)
        value = known.body if deletes else {"key": name.split("/", 1)[1], "value": {"n": self.now}}
        if known is None or not known.deleted:
            self.properties[name] = Thing(body=value, deleted=deletes, issue=issue)
            self.send("issue_property_" + ("deleted" if deletes else "set"), property=value,
                      issue=writer.named_issue(issue))
            self.show_fragment(issue)
        return True
