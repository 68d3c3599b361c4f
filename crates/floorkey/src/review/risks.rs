//! The risks of a set of grants, in descending order of severity.

use crate::catalog::{Permission, Risk, catalog};
use crate::permission_set::PermissionSet;
use crate::review::summary::row_names;
use crate::scope::{Grants, Scope};

/// A risk of a set of grants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The type of risk.
    pub risk: Risk,
    /// The permissions that cause the risk.
    pub permissions: PermissionSet,
    /// Whether the permissions apply only within a scope.
    pub scoped: bool,
    /// A phrase that says what a user can do with the permissions. The phrase can follow "can" and does not end with a
    /// period.
    pub ability: String,
}

impl Finding {
    /// Returns the finding as a full sentence about `subject`, for example `Users with this profile`.
    #[must_use]
    pub fn sentence(&self, subject: &str) -> String {
        format!("{subject} can {}.", self.ability)
    }
}

/// All risks in descending order of severity.
pub const BY_SEVERITY: [Risk; 7] = [
    Risk::Escalation,
    Risk::LockOut,
    Risk::Exfiltration,
    Risk::SensitiveData,
    Risk::Destructive,
    Risk::LiveService,
    Risk::Cost,
];

/// The permissions that allow privilege escalation. The permissions that allow it most directly come first.
const ESCALATIONS: [&str; 6] = [
    "Users.Edit",
    "Users.EditPermission",
    "Users.Create",
    "SecurityProfiles.Edit",
    "SecurityProfiles.Create",
    "AgentGrouping.Edit",
];

/// The permissions with which a user can assign profiles to users.
const ASSIGN_PERMISSIONS: [&str; 3] = ["Users.Edit", "Users.EditPermission", "Users.Create"];

/// Returns the risks of the grants of a profile ([`Grants::from_profile`]) or of a user
/// ([`Directory::grants_at`](crate::Directory::grants_at)). A permission with several risks is in several findings.
/// `within` describes the resources in a scope, for example `users in their own hierarchy group` for the noun `users`.
#[must_use]
pub fn risks(grants: &Grants, within: impl Fn(&Scope, &str) -> String) -> Vec<Finding> {
    let legacy: PermissionSet = catalog().legacy().iter().map(|(legacy, _)| *legacy).collect();
    let current = grants.all_permissions().difference(&legacy);
    let scoped = |set: &PermissionSet| set.intersection(&grants.unscoped).is_empty();
    let mut findings = Vec::new();
    if catalog().granting().is_subset(&grants.unscoped) {
        let can = "do everything: they are full administrators".to_owned();
        findings.push(Finding {
            risk: Risk::Escalation,
            permissions: *catalog().granting(),
            scoped: false,
            ability: can,
        });
    }
    for risk in BY_SEVERITY {
        let with_risk = |permission: &Permission| permission.info().risks.contains(&risk);
        let permissions: PermissionSet = current.iter().filter(with_risk).collect();
        if risk == Risk::Escalation {
            let escalations = ESCALATIONS.iter().filter_map(|name| Permission::parse(name).ok());
            for permission in escalations.filter(|permission| permissions.contains(*permission)) {
                let permissions = PermissionSet::from_iter([permission]);
                let can = escalation(grants, permission, &within);
                findings.push(Finding { risk, scoped: scoped(&permissions), permissions, ability: can });
            }
        } else if !permissions.is_empty() {
            let scoped = scoped(&permissions);
            let only = if scoped { ", only within their access control scope" } else { "" };
            let can = format!("{} {}{only}", phrase(risk), row_names(&permissions));
            findings.push(Finding { risk, scoped, permissions, ability: can });
        }
    }
    findings
}

/// Returns the granted permissions that allow privilege escalation.
#[must_use]
pub fn escalation_paths(grants: &Grants) -> PermissionSet {
    let granted = grants.all_permissions();
    let escalations = ESCALATIONS.iter().filter_map(|name| Permission::parse(name).ok());
    escalations.filter(|permission| granted.contains(*permission)).collect()
}

/// Returns a phrase that says what a user can do with a permission that allows privilege escalation. The phrase names
/// the users or resources that the permission applies to.
fn escalation(grants: &Grants, permission: Permission, within: &impl Fn(&Scope, &str) -> String) -> String {
    // Returns the resources in the permission's scopes as text; `None` if the permission has no scope.
    let covered = |permission: Permission, noun: &str| {
        let scopes = grants.scoped.iter().filter(|(_, set)| set.contains(permission));
        let names: Vec<String> = scopes.map(|(scope, _)| within(scope, noun)).collect();
        (!grants.unscoped.contains(permission)).then(|| names.join(", or "))
    };
    match (permission.name(), covered(permission, "users")) {
        ("Users.Edit", None) => {
            "reset any user's password, including administrators' passwords, and assign any security profile to \
            any user"
                .to_owned()
        }
        ("Users.Edit", Some(users)) => {
            format!("reset the passwords of {users}, and assign any security profile to them")
        }
        ("Users.EditPermission", None) => {
            "assign any security profile, including Admin, to any user, including themselves".to_owned()
        }
        ("Users.EditPermission", Some(users)) => format!("assign any security profile, including Admin, to {users}"),
        ("Users.Create", None) => {
            "create a user with any security profile, including Admin, and sign in as that user".to_owned()
        }
        ("Users.Create", Some(users)) => {
            format!("create {users} with any security profile, including Admin, and sign in as those users")
        }
        ("SecurityProfiles.Edit", None) => "add any permission to any security profile, including their own".to_owned(),
        ("SecurityProfiles.Edit", Some(_)) => {
            let profiles = covered(permission, "security profiles").unwrap_or_default();
            format!("add any permission to {profiles}")
        }
        ("SecurityProfiles.Create", _) => {
            let assign_permissions = ASSIGN_PERMISSIONS.iter().filter_map(|name| Permission::parse(name).ok());
            let granted = grants.all_permissions();
            // `None` represents all users. It is sorted before any description.
            match assign_permissions.filter(|name| granted.contains(*name)).map(|name| covered(name, "users")).min() {
                None => {
                    "create a security profile with any permission; assigning it requires another permission".to_owned()
                }
                Some(None) => {
                    "create a security profile with every permission and assign it to any user, including themselves"
                        .to_owned()
                }
                Some(Some(users)) => {
                    format!("create a security profile with every permission and assign it to {users}")
                }
            }
        }
        (_, None) => "change the agent hierarchy, and with it which users others can manage by hierarchy".to_owned(),
        (_, Some(_)) => {
            let groups = covered(permission, "hierarchy groups").unwrap_or_default();
            format!("change {groups}, and with them which users others can manage by hierarchy")
        }
    }
}

/// Returns the verb phrase for a risk: the text between "can" and the resources.
const fn phrase(risk: Risk) -> &'static str {
    match risk {
        Risk::Escalation => "get additional permissions through",
        Risk::LockOut => "lock out other users, including administrators, through",
        Risk::SensitiveData => "see personal or confidential data in",
        Risk::Exfiltration => "export data through",
        Risk::Destructive => "permanently delete data in",
        Risk::LiveService => "immediately change the customer experience through",
        Risk::Cost => "cause costs through",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings_of(grants: &Grants) -> Vec<Finding> {
        risks(grants, |_, noun| format!("{noun} in their own group"))
    }

    fn grants(names: &[&str]) -> Grants {
        let everywhere = names.iter().map(|name| Permission::parse(name).unwrap()).collect();
        Grants { unscoped: everywhere, ..Grants::default() }
    }

    #[test]
    fn each_escalating_permission_has_its_own_sentence() {
        for permission in catalog().permissions() {
            let risky = permission.info().risks.contains(&Risk::Escalation);
            assert_eq!(risky, ESCALATIONS.contains(&permission.name()), "{permission:?}");
        }
    }

    #[test]
    fn users_who_edit_users_can_become_administrators_and_that_comes_first() {
        let findings = findings_of(&grants(&["Queues.Purge", "Users.View", "Users.Edit"]));
        assert_eq!(findings[0].risk, Risk::Escalation);
        assert!(findings[0].ability.contains("including administrators'"), "{}", findings[0].ability);
        let order: Vec<_> = findings.iter().map(|finding| finding.risk).collect();
        assert_eq!(order, [Risk::Escalation, Risk::SensitiveData, Risk::Destructive]);
        assert_eq!(findings[2].sentence("They"), "They can permanently delete data in queues.");
    }

    #[test]
    fn creating_profiles_is_riskier_together_with_assigning_them() {
        let alone = findings_of(&grants(&["SecurityProfiles.Create"]));
        assert!(alone[0].ability.contains("another permission"));
        let together = findings_of(&grants(&["SecurityProfiles.Create", "Users.EditPermission"]));
        assert!(together[1].ability.contains("assign it to any user"), "{together:?}");
        let mut scoped = grants(&["SecurityProfiles.Create"]);
        let scope = Scope { hierarchy: Some(crate::scope::HierarchyScope::Own), ..Scope::default() };
        scoped.add_scoped(scope, grants(&["Users.EditPermission"]).unscoped);
        let findings = findings_of(&scoped);
        assert!(findings[1].ability.ends_with("assign it to users in their own group"), "{findings:?}");
    }

    #[test]
    fn every_risky_permission_is_in_a_finding_of_each_of_its_risks() {
        let all = Grants { unscoped: *catalog().granting(), ..Grants::default() };
        let findings = findings_of(&all);
        assert!(findings[0].ability.contains("full administrators"));
        for permission in catalog().granting().iter().filter(|permission| !permission.info().is_legacy()) {
            for risk in &permission.info().risks {
                let is_match = |finding: &&Finding| finding.risk == *risk && finding.permissions.contains(permission);
                assert!(findings.iter().skip(1).any(|finding| is_match(&finding)), "{permission:?} {risk:?}");
            }
        }
        assert!(findings_of(&Grants::default()).is_empty());
    }

    #[test]
    fn a_risk_within_a_scope_mentions_the_scope() {
        let mut scoped = Grants::default();
        let scope = Scope { hierarchy: Some(crate::scope::HierarchyScope::Own), ..Scope::default() };
        for name in ESCALATIONS {
            scoped.add_scoped(scope.clone(), grants(&[name]).unscoped);
        }
        let findings = findings_of(&scoped);
        assert!(findings.iter().all(|finding| finding.scoped));
        assert_eq!(
            findings[0].sentence("They"),
            "They can reset the passwords of users in their own group, and assign any security profile to them."
        );
        for finding in findings.iter().filter(|finding| finding.risk == Risk::Escalation) {
            assert!(
                finding.ability.contains("in their own group") && !finding.ability.contains("anyone"),
                "{}",
                finding.ability
            );
        }
        assert!(!findings_of(&grants(&["Users.Edit"]))[0].scoped);
    }
}
