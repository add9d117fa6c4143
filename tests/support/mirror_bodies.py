"""How Jira writes what it holds into the bodies of webhooks, in two dialects: Cloud and Data Center."""
import datetime
import json

EPOCH = datetime.datetime(1970, 1, 1)
EPIC_LINK = "customfield_10008"
CATEGORIES = {"new": (2, "To Do"), "indeterminate": (4, "In Progress"), "done": (3, "Done")}


def stamp(milliseconds, offset):
    """2019-07-03T11:04:43.020-0700, at an offset in minutes."""
    local = EPOCH + datetime.timedelta(milliseconds=milliseconds, minutes=offset)
    return "%s.%03d%s%02d%02d" % (local.strftime("%Y-%m-%dT%H:%M:%S"), milliseconds % 1000, "-" if offset < 0 else "+",
                                  abs(offset) // 60, abs(offset) % 60)


def storable(value):
    """What PostgreSQL keeps of a JSON value: NUL and lone surrogates are U+FFFD."""
    if isinstance(value, str):
        return "".join("\ufffd" if c == "\0" or 0xD800 <= ord(c) <= 0xDFFF else c for c in value)
    if isinstance(value, list):
        return [storable(v) for v in value]
    if isinstance(value, dict):
        return {storable(k): storable(v) for k, v in value.items()}
    return value


def encode(body, choose):
    """The bytes of a body; escaped, spaced and indented in one way or another."""
    text = json.dumps(body, ensure_ascii=choose.random() < 0.5, indent=choose.choice([None, None, 1]),
                      separators=choose.choice([(",", ":"), (", ", ": ")]))
    try:
        return text.encode()
    except UnicodeEncodeError:
        return json.dumps(body).encode()


class Writer:
    """Writes one body of a site: all stamps in it have the same offset."""

    def __init__(self, site, offset):
        self.cloud, self.base, self.offset = site.is_cloud, site.base, offset

    def at(self, milliseconds):
        return None if milliseconds is None else stamp(milliseconds, self.offset)

    def self_of(self, path):
        return "%s/rest/api/2/%s" % (self.base, path)

    def user(self, user):
        if user is None:
            return None
        written = {"self": self.self_of("user?id=" + user.id), "displayName": user.name, "active": True,
                   "timeZone": "America/Phoenix", "avatarUrls": {"48x48": self.base + "/avatar/" + user.id}}
        if self.cloud:
            return dict(written, accountId=user.id, accountType="atlassian")
        return dict(written, name=user.id, key="JIRAUSER" + user.id, emailAddress=user.id + "@example.com")

    def version(self, version):
        written = {"self": self.self_of("version/%d" % version.id), "id": str(version.id),
                   "description": version.description, "name": version.name, "archived": version.archived,
                   "released": version.released, "projectId": version.project.id}
        if version.start:
            written.update(startDate=version.start, userStartDate="03/Jul/19")
        if version.release:
            written.update(releaseDate=version.release, userReleaseDate="04/Jul/19", overdue=False)
        return written

    def version_in_issue(self, version):
        return {k: v for k, v in self.version(version).items()
                if k in ("self", "id", "description", "name", "archived", "released", "releaseDate")}

    def project(self, project):
        return {"self": self.self_of("project/%d" % project.id), "id": project.id, "key": project.key,
                "name": project.name, "avatarUrls": {}, "projectLead": self.user(project.lead),
                "assigneeType": "admin.assignee.type.unassigned"}

    def project_in_issue(self, project):
        return {"self": self.self_of("project/%d" % project.id), "id": str(project.id), "key": project.key,
                "name": project.name, "projectTypeKey": "software", "avatarUrls": {}}

    def issue_type(self, issue):
        written = {"self": self.self_of("issuetype/1"), "id": "1", "description": "", "name": issue.type,
                   "subtask": issue.type == "Sub-task"}
        return dict(written, hierarchyLevel=issue.level) if self.cloud else written

    def status(self, issue):
        number, name = CATEGORIES[issue.category]
        return {"self": self.self_of("status/1"), "name": issue.status, "id": "1", "statusCategory": {
            "self": self.self_of("statuscategory/%d" % number), "id": number, "key": issue.category, "name": name}}

    def link_of(self, issue):
        return {"id": str(issue.id), "key": issue.key, "self": self.self_of("issue/%d" % issue.id), "fields": {
            "summary": issue.summary, "status": self.status(issue), "issuetype": self.issue_type(issue)}}

    def fields(self, issue):
        """All that Jira tells of an issue."""
        written = {
            "summary": issue.summary, "issuetype": self.issue_type(issue),
            "project": self.project_in_issue(issue.project), "status": self.status(issue),
            "priority": issue.priority and {"name": issue.priority, "id": "3"},
            "resolution": issue.resolution and {"name": issue.resolution, "id": "10000"},
            "resolutiondate": self.at(issue.resolved), "assignee": self.user(issue.assignee),
            "reporter": self.user(issue.reporter), "creator": self.user(issue.reporter),
            "fixVersions": [self.version_in_issue(v) for v in issue.versions], "versions": [],
            "labels": list(issue.labels),
            "components": [{"id": "%d" % (10000 + len(c)), "name": c} for c in issue.components],
            "created": self.at(issue.created), "updated": self.at(issue.updated), "duedate": None,
            "description": issue.summary + "\n\u2026", "workratio": -1, "customfield_10016": 3.5,
            "customfield_10020": 12345678901234567890, "customfield_10021": [], "customfield_10022": {},
            "subtasks": [self.link_of(s) for s in issue.subtasks if not s.deleted],
            "comment": {"comments": [self.comment(c) for c in issue.comments if not c.deleted], "startAt": 0}}
        if issue.parent and (self.cloud or issue.type == "Sub-task"):
            written["parent"] = self.link_of(issue.parent)
        if not self.cloud:
            written[EPIC_LINK] = issue.parent.key if issue.parent and issue.type != "Sub-task" else None
        return written

    def issue(self, issue):
        path = "%d" if self.cloud and issue.id % 2 else "issue/%d"
        return {"id": str(issue.id), "self": self.self_of(path % issue.id), "key": issue.key,
                "fields": self.fields(issue)}

    def named_issue(self, issue):
        return {"id": str(issue.id), "self": self.self_of("issue/%d" % issue.id), "key": issue.key}

    def trimmed_issue(self, issue):
        """What Cloud adds to the event of a comment."""
        fields = self.fields(issue)
        names = ("summary", "issuetype", "project", "assignee", "priority", "status")
        return dict(self.named_issue(issue), fields={name: fields[name] for name in names})

    def comment(self, comment):
        return {"self": self.self_of("issue/%d/comment/%d" % (comment.issue.id, comment.id)), "id": str(comment.id),
                "author": self.user(comment.author), "body": comment.text, "updateAuthor": self.user(comment.author),
                "created": self.at(comment.created), "updated": self.at(comment.updated)}

    def worklog(self, worklog):
        return {"self": self.self_of("issue/%d/worklog/%d" % (worklog.issue.id, worklog.id)),
                "author": self.user(worklog.author), "updateAuthor": self.user(worklog.author), "comment": "",
                "created": self.at(worklog.created), "updated": self.at(worklog.updated),
                "started": self.at(worklog.started), "timeSpent": "%ds" % worklog.seconds,
                "timeSpentSeconds": worklog.seconds, "id": str(worklog.id),
                "issueId": str(worklog.issue.id)}

    def attachment(self, attachment):
        return {"self": self.self_of("attachment/%d" % attachment.id), "id": str(attachment.id),
                "filename": attachment.name, "author": self.user(attachment.author),
                "created": self.at(attachment.created), "size": 4711, "mimeType": "image/png",
                "content": self.base + "/secure/attachment/%d" % attachment.id}

    def link(self, link):
        return {"id": link.id, "sourceIssueId": link.source.id, "destinationIssueId": link.target.id,
                "issueLinkType": {"id": 10003, "name": link.type, "outwardName": "is to", "inwardName": "is from",
                                  "isSubTaskLinkType": False, "isSystemLinkType": False},
                "systemLink": False}

    def sprint(self, sprint):
        return {"id": sprint.id, "self": self.base + "/rest/agile/1.0/sprint/%d" % sprint.id, "state": sprint.state,
                "name": sprint.name, "startDate": stamp(sprint.start, 0)[:-5] + "Z", "originBoardId": 3, "goal": ""}

    def board(self, board):
        return {"id": board.id, "self": self.base + "/rest/agile/1.0/board/%d" % board.id, "name": board.name,
                "type": "scrum"}
