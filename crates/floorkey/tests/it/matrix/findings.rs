//! Rows of the commands on findings.

use floorkey::{Command, FindingEdit, FindingId};

use super::rows::{Row, row};
use crate::test_instance::{TestInstance, operator};

pub(super) fn finding_rows(rows: &mut Vec<Row>) {
    let findings = [
        ("administrators", FindingId::AdministratorsWithoutMfa),
        ("unused profiles", FindingId::UnusedProfiles),
        ("passwords, of which there is none", FindingId::UnusedTemporaryPasswords),
    ];
    for (about, id) in findings {
        rows.push(row(format!("dismiss a finding about {about}"), move |instance, _| Some(dismiss(instance, id))));
    }
    rows.push(row("reopen a dismissed finding", |instance, _| {
        let command = dismiss(instance, FindingId::UnusedProfiles);
        instance.run_ok(&operator(), command);
        Some(Command::UpdateFinding(FindingId::UnusedProfiles, FindingEdit::Reopen))
    }));
    for (to, login) in [("an administrator", "admin"), ("an agent", "tom")] {
        rows.push(row(format!("assign a finding to {to}"), move |instance, _| {
            let edit = FindingEdit::Assign(Some(instance.user(login)));
            Some(Command::UpdateFinding(FindingId::UnusedProfiles, edit))
        }));
    }
}

fn dismiss(instance: &TestInstance, id: FindingId) -> Command {
    let edit = FindingEdit::Dismiss { reason: "until the move".to_owned(), until: instance.now.plus_days(30) };
    Command::UpdateFinding(id, edit)
}
