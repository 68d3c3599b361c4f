//! Commands on the instance itself.

use std::sync::Arc;

use super::change_builder::ChangeBuilder;
use crate::action::Action;
use crate::audit::Flag;
use crate::catalog::catalog;
use crate::decision::Target;
use crate::invalid::invalid;
use crate::limits;
use crate::principal::{Authentication, Principal};
use crate::profile::SecurityProfile;
use crate::record::{Record, RecordKey};
use crate::refusal::Refusal;
use crate::settings::{GuardMode, Settings};

pub(super) fn set_attribute(builder: &mut ChangeBuilder<'_>, name: &str, value: &str) -> Result<(), Refusal> {
    let mut settings = builder.settings()?;
    super::check::length("Value", value, 1, 100)?;
    settings.attributes.insert(name.to_owned(), value.to_owned());
    builder.put(Record::Settings(Arc::new(settings)));
    Ok(())
}

/// Sets the escalation guard's mode. The operator, the system and full administrators can set the mode. Changing the
/// mode from `enforce` to `warn` also requires a fresh sign-in and a reason.
pub(super) fn set_guard(builder: &mut ChangeBuilder<'_>, mode: GuardMode, reason: &str) -> Result<(), Refusal> {
    let loosens = mode == GuardMode::Warn && builder.before.settings().guard == Some(GuardMode::Enforce);
    if let Principal::User { id, authentication: via } = &builder.actor.principal {
        if !builder.before.is_administrator(*id) {
            return Err(Refusal::NotAdministrator { action: Action::SetEscalationGuard });
        }
        if loosens && *via != (Authentication::Session { recently_authenticated: true }) {
            return Err(Refusal::NotRecentlyAuthenticated { action: Action::SetEscalationGuard });
        }
    }
    super::check::plain_text("Reason", Some(reason), limits::REASON_CHARS_MAX)?;
    if loosens && reason.trim().is_empty() {
        return Err(invalid(
            "Reason",
            "relaxing the escalation guard requires a reason, which is sent to all administrators",
        )
        .into());
    }
    if !reason.trim().is_empty() {
        builder.flags.push(Flag::Reason(reason.trim().to_owned()));
    }
    let settings = Settings { guard: Some(mode), ..Settings::clone(builder.before.settings()) };
    builder.put(Record::Settings(Arc::new(settings)));
    Ok(())
}

/// Adds all new permissions in the catalog to every unedited Admin profile. Also records which permissions the instance
/// knows.
pub(super) fn upgrade_catalog(builder: &mut ChangeBuilder<'_>) -> Result<(), Refusal> {
    builder.authorize(&Target::Instance)?;
    let unedited: Vec<_> = builder
        .before
        .profiles()
        .filter(|profile| profile.unedited_default.as_deref() == Some("Admin"))
        .filter(|profile| !catalog().granting().is_subset(profile.permissions.permissions()))
        .cloned()
        .collect();
    for profile in unedited {
        let mut profile = SecurityProfile::clone(&profile);
        profile.select(*catalog().granting());
        builder.targets.push(RecordKey::Profile(profile.id));
        builder.put_profile(profile);
    }
    let settings = Settings { seen_permissions: known_permissions(), ..Settings::clone(builder.before.settings()) };
    builder.put(Record::Settings(Arc::new(settings)));
    Ok(())
}

/// Returns the names of the permissions in this version's catalog.
pub(super) fn known_permissions() -> Vec<String> {
    catalog().permissions().map(|permission| permission.name().to_owned()).collect()
}
