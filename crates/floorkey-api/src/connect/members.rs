//! Response members that nearly all operations return: ARNs, times and the region.

use std::fmt::Display;

use floorkey::{Directory, Timestamp};
use floorkey_aws::EpochSeconds;
use floorkey_aws::arn::{InstanceArn, ResourceKind};

use crate::caller::Caller;

/// Formats the ARNs and the region of one instance.
pub(super) struct ArnContext<'a> {
    instance: InstanceArn,
    region: &'a str,
}

impl Caller<'_> {
    /// Creates a formatter for this instance's ARNs and region.
    pub(super) fn arn_context(&self, directory: &Directory) -> ArnContext<'_> {
        let instance = InstanceArn::new(&self.api.region, &self.api.account, &directory.instance().to_string());
        ArnContext { instance, region: &self.api.region }
    }
}

impl ArnContext<'_> {
    /// The instance's ARN.
    pub(super) fn instance(&self) -> &str {
        self.instance.as_str()
    }

    /// Returns the ARN of a resource in the instance.
    pub(super) fn arn(&self, kind: ResourceKind, id: impl Display) -> Option<String> {
        Some(self.instance.with(kind, id))
    }

    /// `LastModifiedRegion`, which is always this server's region.
    pub(super) fn region(&self) -> Option<String> {
        Some(self.region.to_owned())
    }
}

/// Converts a time to the format used in responses.
pub(super) fn time(at: Timestamp) -> Option<EpochSeconds> {
    Some(EpochSeconds::from_milliseconds(at.as_millis()))
}

/// Returns the string unless it is empty. In a request, an empty string has the same effect as an absent member.
pub(super) fn non_empty(text: Option<&str>) -> Option<String> {
    text.filter(|text| !text.is_empty()).map(str::to_owned)
}
