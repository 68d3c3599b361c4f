//! ARNs in requests, parsed without copying.

use floorkey::InstanceId;

use crate::AuthZen;

/// Returns the part of an ARN that follows the instance ID. This part is empty or begins with `/`. Returns `None`
/// unless the string is an ARN of the given instance on this server.
pub(super) fn after_instance<'a>(text: &'a str, state: &AuthZen, instance: InstanceId) -> Option<&'a str> {
    rest(text, &state.region, &state.account, instance)
}

fn rest<'a>(text: &'a str, region: &str, account: &str, instance: InstanceId) -> Option<&'a str> {
    let rest = text.strip_prefix("arn:aws:connect:")?;
    let rest = rest.strip_prefix(region)?.strip_prefix(':')?.strip_prefix(account)?.strip_prefix(":instance/")?;
    let (id, rest) = rest.split_at_checked(36)?;
    (InstanceId::parse(id)? == instance && (rest.is_empty() || rest.starts_with('/'))).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_arns_of_this_instance_are_accepted() {
        let instance = InstanceId::from_bits(7);
        let read = |text: &str| rest(text, "us-east-1", "123456789012", instance).map(str::to_owned);
        let whole = format!("arn:aws:connect:us-east-1:123456789012:instance/{instance}");
        assert_eq!(read(&whole).as_deref(), Some(""));
        assert_eq!(read(&format!("{whole}/agent/1")).as_deref(), Some("/agent/1"));
        for other in [
            "",
            "ann",
            &whole.replace("us-east-1", "us-east-2"),
            &whole.replace("1234", "1235"),
            &whole.replace("07", "08"),
            &format!("{whole}x"),
            &format!("{whole}é"),
        ] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
