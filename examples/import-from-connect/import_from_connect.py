"""Copies who has which access from an instance of Amazon Connect to Floorkey, and prints the way back.

  read      Reads the instance with your AWS credentials, and prints it as JSON. Changes nothing.
  write     Creates what was read in the Floorkey of AWS_ENDPOINT_URL_CONNECT.
  changes   Prints the AWS CLI commands that make the same changes in the instance as were made in Floorkey since.
            Runs none of them.

Copied are security profiles with their permissions and access control, users with their profiles, hierarchy group and
tags, the agent hierarchy, and the names of routing profiles. Not copied are passwords, email addresses, phone settings,
queues, contacts and flows. It needs Python 3.9, boto3, and for `write` the program `floorkey`.
"""

import argparse
import json
import os
import secrets
import shlex
import subprocess
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

LEVELS = ["LevelOne", "LevelTwo", "LevelThree", "LevelFour", "LevelFive"]
ACCESS_CONTROL = [
    "AllowedAccessControlTags",
    "TagRestrictedResources",
    "HierarchyRestrictedResources",
    "AllowedAccessControlHierarchyGroupId",
]


class Instance:
    """An instance, called through the API of Amazon Connect."""

    def __init__(self, endpoint=None, instance=None, region=None):
        config = Config(retries={"mode": "adaptive", "max_attempts": 12})
        self.client = boto3.client("connect", endpoint_url=endpoint, region_name=region, config=config)
        self.id = instance or self.only_instance()

    def only_instance(self):
        instances = self.client.list_instances()["InstanceSummaryList"]
        if len(instances) != 1:
            sys.exit("there are several instances, or none: name one with --instance-id")
        return instances[0]["Id"]

    def call(self, operation, **members):
        return getattr(self.client, operation)(InstanceId=self.id, **members)

    def rows(self, operation, member, **members):
        pages = self.client.get_paginator(operation).paginate(InstanceId=self.id, **members)
        return [row for page in pages for row in page.get(member, [])]

    def read(self):
        """Everything that is copied. Records are known by their IDs."""
        structure = self.call("describe_user_hierarchy_structure").get("HierarchyStructure", {})
        routing = self.rows("list_routing_profiles", "RoutingProfileSummaryList")
        return {
            "instance": self.id,
            "region": self.client.meta.region_name,
            "levels": [structure[level]["Name"] for level in LEVELS if level in structure],
            "groups": {row["Id"]: self.group(row["Id"]) for row in self.groups()},
            "routing_profiles": {row["Id"]: row["Name"] for row in routing},
            "profiles": {row["Id"]: self.profile(row["Id"]) for row in self.profiles()},
            "users": {row["Id"]: user(row) for row in self.rows("search_users", "Users")},
        }

    def groups(self):
        return self.rows("list_user_hierarchy_groups", "UserHierarchyGroupSummaryList")

    def group(self, id):
        found = self.call("describe_user_hierarchy_group", HierarchyGroupId=id)["HierarchyGroup"]
        path = [found["HierarchyPath"][level]["Id"] for level in LEVELS if level in found["HierarchyPath"]]
        above = path[: path.index(id)] if id in path else path
        return {"name": found["Name"], "path": above, "tags": found.get("Tags", {})}

    def profiles(self):
        return self.rows("list_security_profiles", "SecurityProfileSummaryList")

    def profile(self, id):
        found = self.call("describe_security_profile", SecurityProfileId=id)["SecurityProfile"]
        rows = self.rows("list_security_profile_applications", "Applications", SecurityProfileId=id)
        return {
            "name": found["SecurityProfileName"],
            "description": found.get("Description", ""),
            "permissions": self.rows("list_security_profile_permissions", "Permissions", SecurityProfileId=id),
            "access_control": {name: found[name] for name in ACCESS_CONTROL if found.get(name)},
            "applications": [{name: row[name] for name in ("Namespace", "ApplicationPermissions")} for row in rows],
            "tags": found.get("Tags", {}),
        }


def user(row):
    return {
        "username": row["Username"],
        "first_name": row.get("IdentityInfo", {}).get("FirstName", ""),
        "last_name": row.get("IdentityInfo", {}).get("LastName", ""),
        "profiles": row["SecurityProfileIds"],
        "routing_profile": row.get("RoutingProfileId"),
        "group": row.get("HierarchyGroupId"),
        "tags": row.get("Tags", {}),
    }


def floorkey():
    """The only instance of the server in AWS_ENDPOINT_URL_CONNECT, which must not be AWS."""
    endpoint = os.environ.get("AWS_ENDPOINT_URL_CONNECT", "")
    if not endpoint or "amazonaws" in endpoint:
        sys.exit("AWS_ENDPOINT_URL_CONNECT is not the address of a Floorkey: paste the lines that it printed")
    return Instance(endpoint)


class Copy:
    """Creates in Floorkey what was read elsewhere. The tables map IDs there to IDs in Floorkey."""

    def __init__(self, source, target):
        self.source, self.target = source, target
        self.groups, self.routing_profiles, self.profiles, self.users = {}, {}, {}, {}
        self.problems = []

    def attempt(self, what, operation, **members):
        """Calls an operation. If it is refused, remembers why, and returns None."""
        # An empty list of permissions differs from none: it removes all.
        given = {name: value for name, value in members.items() if value or name == "Permissions"}
        try:
            return self.target.call(operation, **given)
        except ClientError as error:
            self.problems.append(f"{what}: {error.response['Error']['Message']}")
            return None

    def hierarchy(self):
        levels = self.source["levels"]
        if levels:
            structure = {level: {"Name": name} for level, name in zip(LEVELS, levels)}
            self.attempt("the hierarchy", "update_user_hierarchy_structure", HierarchyStructure=structure)
        existing = {}
        for row in self.target.groups():
            group = self.target.group(row["Id"])
            existing[(tuple(group["path"]), group["name"])] = row["Id"]
        for id, group in sorted(self.source["groups"].items(), key=lambda item: len(item[1]["path"])):
            path = [self.groups[above] for above in group["path"] if above in self.groups]
            if len(path) < len(group["path"]):
                self.problems.append(f"hierarchy group {group['name']}: the group above it was not copied")
                continue
            found = existing.get((tuple(path), group["name"]))
            if not found:
                made = self.attempt(
                    f"hierarchy group {group['name']}",
                    "create_user_hierarchy_group",
                    Name=group["name"],
                    ParentGroupId=path[-1] if path else None,
                    Tags=group["tags"],
                )
                found = made and made["HierarchyGroupId"]
            if found:
                self.groups[id] = found

    def routing(self):
        """Routing profiles of the same names. They have the basic queue only: queues are not copied."""
        rows = self.target.rows("list_routing_profiles", "RoutingProfileSummaryList")
        existing = {row["Name"].casefold(): row["Id"] for row in rows}
        queue = self.target.rows("list_queues", "QueueSummaryList", QueueTypes=["STANDARD"])[0]["Id"]
        for id, name in self.source["routing_profiles"].items():
            found = existing.get(name.casefold())
            if not found:
                made = self.attempt(
                    f"routing profile {name}",
                    "create_routing_profile",
                    Name=name,
                    Description="Imported",
                    DefaultOutboundQueueId=queue,
                    MediaConcurrencies=[{"Channel": "VOICE", "Concurrency": 1}],
                )
                found = made and made["RoutingProfileId"]
            if found:
                self.routing_profiles[id] = found

    def security_profiles(self):
        """Security profiles. Those of the same names are changed, such as Admin, which every instance has."""
        known = known_permissions()
        existing = {row["Name"].casefold(): row["Id"] for row in self.target.profiles()}
        for id, profile in self.source["profiles"].items():
            what = f"security profile {profile['name']}"
            unknown = [one for one in profile["permissions"] if one not in known]
            if unknown:
                self.problems.append(f"{what}: without {', '.join(unknown)}, which Floorkey does not know")
            members = {
                "Description": profile["description"],
                "Permissions": [one for one in profile["permissions"] if one in known],
                "Applications": profile["applications"],
                **profile["access_control"],
            }
            group = members.get("AllowedAccessControlHierarchyGroupId")
            if group:
                members["AllowedAccessControlHierarchyGroupId"] = self.groups.get(group, group)
            found, name = existing.get(profile["name"].casefold()), profile["name"]
            if found and self.attempt(what, "update_security_profile", SecurityProfileId=found, **members) is not None:
                self.profiles[id] = found
                continue
            if found:
                # Floorkey's Admin keeps every permission, so that an administrator can sign in.
                name = f"{name} - Connect"
                self.problems.append(f"{what}: copied as {name} instead")
            made = self.attempt(
                what, "create_security_profile", SecurityProfileName=name, Tags=profile["tags"], **members
            )
            if made:
                self.profiles[id] = made["SecurityProfileId"]

    def create_users(self):
        """Users with a random password that is not kept, so that none of them can sign in until you invite them."""
        existing = {row["Username"].casefold() for row in self.target.rows("list_users", "UserSummaryList")}
        for at, (id, user) in enumerate(self.source["users"].items(), 1):
            print(f"\ruser {at} of {len(self.source['users'])}", end="", file=sys.stderr)
            profiles = [self.profiles[id] for id in user["profiles"] if id in self.profiles]
            routing = self.routing_profiles.get(user["routing_profile"])
            if user["username"].casefold() in existing:
                self.problems.append(f"user {user['username']}: exists, and was not changed")
            elif len(profiles) < len(user["profiles"]) or not routing:
                self.problems.append(f"user {user['username']}: a profile of this user was not copied")
            else:
                made = self.attempt(
                    f"user {user['username']}",
                    "create_user",
                    Username=user["username"],
                    Password="Aa1" + secrets.token_urlsafe(24),
                    IdentityInfo={
                        "FirstName": user["first_name"] or user["username"],
                        "LastName": user["last_name"] or user["username"],
                    },
                    PhoneConfig={"PhoneType": "SOFT_PHONE"},
                    SecurityProfileIds=profiles,
                    RoutingProfileId=routing,
                    HierarchyGroupId=self.groups.get(user["group"]),
                    Tags=user["tags"],
                )
                if made:
                    self.users[id] = made["UserId"]
        print(file=sys.stderr)


def known_permissions():
    """The names that Floorkey accepts, with older spellings."""
    answer = subprocess.run(["floorkey", "permissions", "--json"], check=True, capture_output=True)
    permissions = json.loads(answer.stdout)["Permissions"]
    return {name for one in permissions for name in [one["Name"], *one.get("Aliases", [])]}


class Changes:
    """The changes in Floorkey since the copy, as AWS CLI commands."""

    def __init__(self, source, after):
        self.source, self.before, self.after = source, source["copy"]["content"], after
        # The IDs in the instance, by the IDs in Floorkey.
        self.profiles = {here: there for there, here in source["copy"]["profiles"].items()}
        self.users = {here: there for there, here in source["copy"]["users"].items()}
        self.variables, self.lines = {}, []

    def comment(self, text):
        self.lines.append("# " + " ".join(text.split()))

    def command(self, operation, *arguments):
        where = ["--region", self.source["region"], "--instance-id", self.source["instance"]]
        return shlex.join(["aws", "connect", operation, *where, *arguments])

    def references(self, profiles):
        """The IDs of profiles in the instance, and the variables with the IDs of new ones."""
        new = {id: f"${variable}" for id, variable in self.variables.items()}
        return [f'"{(self.profiles | new)[id]}"' for id in profiles]

    def security_profiles(self):
        for id, now in self.after["profiles"].items():
            was = self.before["profiles"].get(id)
            if was is None:
                self.new_profile(id, now)
            elif id in self.profiles:
                self.changed_profile(id, was, now)

    def new_profile(self, id, now):
        self.variables[id] = f"PROFILE_{len(self.variables) + 1}"
        arguments = ["--security-profile-name", now["name"], "--permissions", *now["permissions"]]
        arguments += ["--description", now["description"]] if now["description"] else []
        arguments += ["--query", "SecurityProfileId", "--output", "text"]
        self.lines.append(f"{self.variables[id]}=$({self.command('create-security-profile', *arguments)})")
        self.by_hand({}, now)

    def changed_profile(self, id, was, now):
        arguments = []
        if set(now["permissions"]) != set(was["permissions"]):
            arguments += ["--permissions", *self.permissions(id, was, now)]
        if now["description"] != was["description"]:
            arguments += ["--description", now["description"]]
        if arguments:
            self.comment(now["name"])
            arguments = ["--security-profile-id", self.profiles[id], *arguments]
            self.lines.append(self.command("update-security-profile", *arguments))
        if now["name"] != was["name"]:
            self.comment(f"{was['name']} is called {now['name']} now. Amazon Connect can't rename a profile.")
        self.by_hand(was, now)

    def permissions(self, id, was, now):
        """The instance's permissions with the same additions and removals. Floorkey also has the required ones."""
        there = self.source["profiles"][self.profiles[id]]["permissions"]
        removed = set(was["permissions"]) - set(now["permissions"])
        added = [one for one in now["permissions"] if one not in was["permissions"] and one not in there]
        return [one for one in there if one not in removed] + added

    def by_hand(self, was, now):
        for member in ("access_control", "applications", "tags"):
            if now[member] != was.get(member, type(now[member])()):
                what = member.replace("_", " ")
                self.comment(f"{now['name']}: set by hand: {what}: {json.dumps(now[member])}")

    def user_profiles(self):
        for id, was in self.before["users"].items():
            if id not in self.users:
                continue
            now, there = self.after["users"].get(id), self.users[id]
            if now is None:
                self.comment(f"{was['username']} was deleted: {self.command('delete-user', '--user-id', there)}")
            elif set(now["profiles"]) != set(was["profiles"]):
                self.user(was["username"], there, now["profiles"])
        for id, now in self.after["users"].items():
            if id not in self.before["users"]:
                self.comment(f"{now['username']} is new, and is not created by these commands.")

    def user(self, username, there, profiles):
        only_here = [id for id in profiles if id not in self.profiles and id not in self.variables]
        if only_here:
            names = ", ".join(self.after["profiles"][id]["name"] for id in only_here)
            self.comment(f"{username} has {names}, which only Floorkey has. Nothing is changed.")
            return
        self.comment(username)
        command = self.command("update-user-security-profiles", "--user-id", there, "--security-profile-ids")
        self.lines.append(" ".join([command, *self.references(profiles)]))

    def deleted_profiles(self):
        for id, was in self.before["profiles"].items():
            if id not in self.after["profiles"] and id in self.profiles:
                self.comment(was["name"])
                self.lines.append(self.command("delete-security-profile", "--security-profile-id", self.profiles[id]))


def read(arguments):
    source = Instance(instance=arguments.instance_id, region=arguments.region)
    print(f"reading {source.id} at {source.client.meta.endpoint_url}", file=sys.stderr)
    json.dump(source.read(), sys.stdout, indent=1)
    print()


def write(arguments):
    with open(arguments.file) as file:
        source = json.load(file)
    copy = Copy(source, floorkey())
    copy.hierarchy()
    copy.routing()
    copy.security_profiles()
    copy.create_users()
    # What Floorkey has now, so that `changes` finds what is changed later.
    source["copy"] = {"profiles": copy.profiles, "users": copy.users, "content": copy.target.read()}
    with open(arguments.file, "w") as file:
        json.dump(source, file, indent=1)
    counts = f"{len(copy.profiles)} security profiles, {len(copy.users)} users, {len(copy.groups)} hierarchy groups"
    print(f"Copied: {counts}.")
    print("\n".join(["Look at these:", *copy.problems] if copy.problems else ["Nothing was left out."]))


def changes(arguments):
    with open(arguments.file) as file:
        source = json.load(file)
    if "copy" not in source:
        sys.exit(f"{arguments.file} was not written to a Floorkey yet")
    found = Changes(source, floorkey().read())
    found.security_profiles()
    found.user_profiles()
    found.deleted_profiles()
    print("\n".join(found.lines or ["# Nothing has changed."]))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("read")
    command.add_argument("--instance-id", help="the instance; not needed if the account has only one")
    command.add_argument("--region")
    command.set_defaults(run=read)
    for name, run in [("write", write), ("changes", changes)]:
        command = commands.add_parser(name)
        command.add_argument("file", metavar="FILE", help="what `read` printed")
        command.set_defaults(run=run)
    arguments = parser.parse_args()
    arguments.run(arguments)


if __name__ == "__main__":
    main()
