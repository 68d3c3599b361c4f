//! Instance attributes. The value of each attribute is `true` or `false`.

use std::collections::BTreeMap;

use floorkey::{Command, Target};
use floorkey_aws::model::{
    Attribute, DescribeInstanceAttributeInput, DescribeInstanceAttributeOutput, Empty, InstanceAttributeType,
    ListInstanceAttributesInput, ListInstanceAttributesOutput, UpdateInstanceAttributeInput,
};

use super::call::{Call, CallResult, invalid};
use super::listing::RowKey;

/// The default page size, which is also the maximum in the AWS service model.
const PAGE_SIZE: usize = 7;

pub(super) async fn describe(
    call: &Call<'_>,
    input: DescribeInstanceAttributeInput,
) -> CallResult<DescribeInstanceAttributeOutput> {
    call.authorize(&Target::Instance).await?;
    let attribute = Some(attribute(&call.directory.settings().attributes, input.attribute_type));
    Ok(DescribeInstanceAttributeOutput { attribute })
}

pub(super) async fn list(call: &Call<'_>, _: ListInstanceAttributesInput) -> CallResult<ListInstanceAttributesOutput> {
    call.authorize(&Target::Instance).await?;
    let paging = call.paging_by("", PAGE_SIZE)?;
    let stored = &call.directory.settings().attributes;
    let all = InstanceAttributeType::ALL.iter().enumerate();
    let page = paging.page(all.map(|(index, name)| (RowKey::by_index(index), attribute(stored, *name))))?;
    Ok(ListInstanceAttributesOutput { attributes: Some(page.rows), next_token: page.next })
}

pub(super) async fn update(call: &Call<'_>, input: UpdateInstanceAttributeInput) -> CallResult<Empty> {
    let (name, value) = (input.attribute_type.as_str().to_owned(), input.value);
    let parsed = match value.as_str() {
        "true" | "false" => Ok(value),
        _ => Err(invalid("Value", format!("{name} must be `true` or `false`"))),
    };
    let value = call.valid(&Target::Instance, parsed).await?;
    call.execute(Command::UpdateInstanceAttribute { name, value }).await?;
    Ok(Empty {})
}

/// Returns an attribute's stored value. Without a stored value, returns the default of a new Amazon Connect instance.
pub(super) fn value(stored: &BTreeMap<String, String>, name: InstanceAttributeType) -> &str {
    let default = match name {
        InstanceAttributeType::ContactLens
        | InstanceAttributeType::AutoResolveBestVoices
        | InstanceAttributeType::EarlyMedia => "true",
        _ => "false",
    };
    stored.get(name.as_str()).map_or(default, String::as_str)
}

fn attribute(stored: &BTreeMap<String, String>, name: InstanceAttributeType) -> Attribute {
    Attribute { attribute_type: Some(name), value: Some(value(stored, name).to_owned()) }
}
