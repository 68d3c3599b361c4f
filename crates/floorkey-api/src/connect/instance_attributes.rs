//! Instance attributes. The value of each attribute is `true` or `false`.

use std::collections::BTreeMap;

use floorkey::{Action, Command, Invalid, Target};
use floorkey_aws::model::{
    Attribute, DescribeInstanceAttributeInput, DescribeInstanceAttributeOutput, Empty, InstanceAttributeType,
    ListInstanceAttributesInput, ListInstanceAttributesOutput, UpdateInstanceAttributeInput,
};
use floorkey_aws::operation::Operation;

use super::listing::{ListId, Paging, RowKey};
use crate::caller::{ApiResult, Caller};

/// The default page size, which is also the maximum in the AWS service model.
const PAGE_SIZE: usize = 7;

pub(super) async fn describe(
    caller: &Caller<'_>,
    input: DescribeInstanceAttributeInput,
) -> ApiResult<DescribeInstanceAttributeOutput> {
    let operation = Operation::DescribeInstanceAttribute;
    let directory = caller.directory(&input.instance_id)?;
    caller.authorize(&directory, Action::DescribeInstanceAttribute, &Target::Instance, operation).await?;
    let attribute = Some(attribute(&directory.settings().attributes, input.attribute_type));
    Ok(DescribeInstanceAttributeOutput { attribute })
}

pub(super) async fn list(
    caller: &Caller<'_>,
    input: ListInstanceAttributesInput,
) -> ApiResult<ListInstanceAttributesOutput> {
    let operation = Operation::ListInstanceAttributes;
    let directory = caller.directory(&input.instance_id)?;
    caller.authorize(&directory, Action::ListInstanceAttributes, &Target::Instance, operation).await?;
    let list = ListId { instance: &directory.instance().to_string(), filters: "" };
    let paging = Paging::parse(caller, operation, &list, input.max_results, PAGE_SIZE, input.next_token.as_deref())?;
    let stored = &directory.settings().attributes;
    let all = InstanceAttributeType::ALL.iter().enumerate();
    let page = paging.page(all.map(|(index, name)| (RowKey::by_index(index), attribute(stored, *name))))?;
    Ok(ListInstanceAttributesOutput { attributes: Some(page.rows), next_token: page.next })
}

pub(super) async fn update(caller: &Caller<'_>, input: UpdateInstanceAttributeInput) -> ApiResult<Empty> {
    let (action, operation) = (Action::UpdateInstanceAttribute, Operation::UpdateInstanceAttribute);
    let directory = caller.directory(&input.instance_id)?;
    let (name, value) = (input.attribute_type.as_str().to_owned(), input.value);
    if !matches!(value.as_str(), "true" | "false") {
        let problem = format!("{name} must be `true` or `false`");
        let refusal = Invalid { input: "Value", problem }.into();
        return Err(caller.refuse_command(&directory, action, &Target::Instance, refusal, operation).await);
    }
    caller.execute(&directory, Command::UpdateInstanceAttribute { name, value }, operation).await?;
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
