//! What is risky about what somebody holds, the worst first.

use crate::catalogue::{Permission, Risk, catalogue};
use crate::permission_set::PermissionSet;
use crate::review::summary::rows;
use crate::scope::Grants;

/// One thing that can go wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What kind of thing.
    pub risk: Risk,
    /// The permissions that it comes from.
    pub permissions: PermissionSet,
    /// Whether they reach only what a scope holds.
    pub scoped: bool,
    /// What holders can do, as a full sentence.
    pub sentence: String,
}

/// All risks, the worst first.
pub const BY_SEVERITY: [Risk; 7] = [
    Risk::Escalation,
    Risk::LockOut,
    Risk::Exfiltration,
    Risk::SensitiveData,
    Risk::Destructive,
    Risk::LiveService,
    Risk::Cost,
];

/// What each permission that leads to more than was given lets holders do, the shortest way first.
const ESCALATIONS: [(&str, &str); 6] = [
    (
        "Users.Edit",
        "Holders can reset anyone's password, an administrator's too, and give anyone any security profile.",
    ),
    ("Users.EditPermission", "Holders can give anyone any security profile, themselves and Admin included."),
    ("Users.Create", "Holders can make a user with any security profile, Admin included, and sign in as that user."),
    (
        "SecurityProfiles.Edit",
        "Holders can add any permission to any security profile, the ones that they hold themselves included.",
    ),
    (
        "SecurityProfiles.Create",
        "Holders can make a security profile with any permission; giving it to somebody is another permission.",
    ),
    (
        "AgentGrouping.Edit",
        "Holders can change the agent hierarchy, and with it whom those reach who are limited by hierarchy.",
    ),
];

/// The permissions that let their holder give profiles to people.
const GIVING: [&str; 3] = ["Users.Edit", "Users.EditPermission", "Users.Create"];

/// What is risky about these grants: of a profile ([`Grants::of`]), or of a user
/// ([`Directory::grants_at`](crate::Directory::grants_at)). Every risky permission that is held is in a finding of
/// each of its risks.
#[must_use]
pub fn risks(grants: &Grants) -> Vec<Finding> {
    let old: PermissionSet = catalogue().legacy().iter().map(|(old, _)| *old).collect();
    let held = grants.anywhere();
    let held_new = held.difference(&old);
    let scoped = |set: &PermissionSet| set.intersection(&grants.everywhere).is_empty();
    let mut findings = Vec::new();
    if catalogue().granting().is_subset(&grants.everywhere) {
        let sentence = "Holders can do everything: they are full administrators.".to_owned();
        let permissions = *catalogue().granting();
        findings.push(Finding { risk: Risk::Escalation, permissions, scoped: false, sentence });
    }
    for risk in BY_SEVERITY {
        let with_risk = |permission: &Permission| permission.info().risks.contains(&risk);
        let permissions: PermissionSet = held_new.iter().filter(with_risk).collect();
        if risk == Risk::Escalation {
            findings.extend(escalations(&permissions).map(|(permissions, sentence)| Finding {
                risk,
                scoped: scoped(&permissions),
                permissions,
                sentence,
            }));
        } else if !permissions.is_empty() {
            let sentence = format!("{} {}.", lead(risk), rows(&permissions));
            findings.push(Finding { risk, scoped: scoped(&permissions), permissions, sentence });
        }
    }
    findings
}

fn escalations(held: &PermissionSet) -> impl Iterator<Item = (PermissionSet, String)> {
    let parse = |name: &str| Permission::parse(name).ok();
    let gives = GIVING.into_iter().filter_map(parse).any(|name| held.contains(name));
    let known = ESCALATIONS.into_iter().filter_map(move |(name, sentence)| Some((parse(name)?, sentence)));
    let told: PermissionSet = known.clone().map(|(permission, _)| permission).collect();
    let others = held.difference(&told);
    let others: Vec<_> = others.iter().map(|name| (name, name.info().about.as_str())).collect();
    let held = *held;
    known.chain(others).filter(move |(permission, _)| held.contains(*permission)).map(move |(permission, sentence)| {
        let sentence = match permission.name() {
            "SecurityProfiles.Create" if gives => {
                "Holders can make a security profile with every permission and give it to anyone, themselves included."
            }
            _ => sentence,
        };
        (PermissionSet::from_iter([permission]), sentence.to_owned())
    })
}

const fn lead(risk: Risk) -> &'static str {
    match risk {
        Risk::Escalation => "Holders can come to more permissions than they were given, through",
        Risk::LockOut => "Holders can keep others out, administrators too, through",
        Risk::SensitiveData => "Holders meet personal or confidential data in",
        Risk::Exfiltration => "Holders can carry data away, through",
        Risk::Destructive => "Holders can destroy for good what is in",
        Risk::LiveService => "Holders change what customers meet at once, through",
        Risk::Cost => "Holders can cause costs, through",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grants(names: &[&str]) -> Grants {
        let everywhere = names.iter().map(|name| Permission::parse(name).unwrap()).collect();
        Grants { everywhere, ..Grants::default() }
    }

    #[test]
    fn each_permission_that_leads_to_more_has_a_sentence_of_its_own() {
        let told: Vec<&str> = ESCALATIONS.iter().map(|(name, _)| *name).collect();
        for permission in catalogue().permissions() {
            let risky = permission.info().risks.contains(&Risk::Escalation);
            assert_eq!(risky, told.contains(&permission.name()), "{permission:?}");
        }
    }

    #[test]
    fn whoever_edits_users_can_become_an_administrator_and_that_comes_first() {
        let findings = risks(&grants(&["Queues.Purge", "Users.View", "Users.Edit"]));
        assert_eq!(findings[0].risk, Risk::Escalation);
        assert!(findings[0].sentence.contains("an administrator's too"), "{}", findings[0].sentence);
        let order: Vec<_> = findings.iter().map(|finding| finding.risk).collect();
        assert_eq!(order, [Risk::Escalation, Risk::SensitiveData, Risk::Destructive]);
        assert_eq!(findings[2].sentence, "Holders can destroy for good what is in queues.");
    }

    #[test]
    fn making_profiles_is_worse_for_whoever_can_give_them_away() {
        let alone = risks(&grants(&["SecurityProfiles.Create"]));
        assert!(alone[0].sentence.contains("another permission"));
        let both = risks(&grants(&["SecurityProfiles.Create", "Users.EditPermission"]));
        assert!(both[1].sentence.contains("give it to anyone"), "{both:?}");
    }

    #[test]
    fn every_risky_permission_is_in_a_finding_of_each_of_its_risks() {
        let all = Grants { everywhere: *catalogue().granting(), ..Grants::default() };
        let findings = risks(&all);
        assert!(findings[0].sentence.contains("full administrators"));
        for permission in catalogue().granting().iter().filter(|permission| !permission.info().is_legacy()) {
            for risk in &permission.info().risks {
                let found = |finding: &&Finding| finding.risk == *risk && finding.permissions.contains(permission);
                assert!(findings.iter().skip(1).any(|finding| found(&finding)), "{permission:?} {risk:?}");
            }
        }
        assert!(risks(&Grants::default()).is_empty());
    }

    #[test]
    fn what_is_held_only_within_a_scope_says_so() {
        let mut scoped = Grants::default();
        let scope = crate::scope::Scope { hierarchy: Some(crate::scope::HierarchyScope::Own), ..Default::default() };
        scoped.add_within(scope, grants(&["Users.Edit"]).everywhere);
        assert!(risks(&scoped)[0].scoped);
        assert!(!risks(&grants(&["Users.Edit"]))[0].scoped);
    }
}
