//! Instances. Only the operator can create and delete instances. Each user with an access key can see their own
//! instance.

use floorkey::{Directory, InstanceId, Invalid, NewInstance, Refusal, Target};
use floorkey_aws::Sensitive;
use floorkey_aws::exception::{Exception, ExceptionKind};
use floorkey_aws::model::{
    CreateInstanceInput, CreateInstanceOutput, DeleteInstanceInput, DescribeInstanceInput, DescribeInstanceOutput,
    DirectoryType, Empty, Instance, InstanceAttributeType, InstanceStatus, InstanceSummary, ListInstancesInput,
    ListInstancesOutput,
};
use floorkey_aws::operation::Operation;
use floorkey_store::StoreError;
use sha2::{Digest as _, Sha256};

use super::call::{Call, CallError, CallResult};
use super::dispatch::new_call;
use super::instance_attributes::value;
use super::listing::{PageRequest, Paging, RowKey};
use super::members::{non_empty, time};
use crate::caller::Caller;
use floorkey_service::entropy;
use floorkey_service::failure::Failure;

/// The default page size, which is also the maximum in the AWS service model.
const PAGE_SIZE: usize = 10;

/// Creates an instance without users. The instance is `ACTIVE` when the call returns.
pub(super) async fn create(caller: &Caller<'_>, input: CreateInstanceInput) -> CallResult<CreateInstanceOutput> {
    require_operator(caller).await?;
    let alias = non_empty(input.instance_alias.as_deref());
    check_input(&input, alias.as_deref()).map_err(Failure::from)?;
    let requested = match non_empty(input.client_token.as_deref()) {
        None => RequestedInstance { id: InstanceId::from_bits(entropy::random_id()), token: None },
        Some(token) => RequestedInstance::from_token(&token, &input),
    };
    if let Some(existing) = requested.existing(caller) {
        return existing;
    }
    let attributes = [
        (InstanceAttributeType::InboundCalls, input.inbound_calls_enabled),
        (InstanceAttributeType::OutboundCalls, input.outbound_calls_enabled),
    ];
    let new = NewInstance {
        id: requested.id,
        alias,
        identity_management: input.identity_management_type.as_str().to_owned(),
        directory_id: non_empty(input.directory_id.as_deref()),
        attributes: attributes.map(|(name, value)| (name.as_str().to_owned(), value.to_string())).into(),
        tags: input.tags.unwrap_or_default(),
        guard: None,
        administrator: None,
    };
    match caller.api.service.create_instance(&caller.actor, &new).await {
        Ok(_) => Ok(to_output(caller, requested.id)),
        // If two identical calls run concurrently, the other call may already have created the instance.
        Err(failure) => requested.existing(caller).unwrap_or_else(|| Err(requested.error(failure))),
    }
}

pub(super) async fn delete(call: &Call<'_>, _: DeleteInstanceInput) -> CallResult<Empty> {
    // No permission allows this action, so only the operator is authorized.
    call.authorize(&Target::Instance).await?;
    let (service, actor) = (&call.caller.api.service, call.caller.actor.clone());
    service.delete_instance(actor, call.directory.instance()).await?;
    Ok(Empty {})
}

pub(super) async fn describe(call: &Call<'_>, _: DescribeInstanceInput) -> CallResult<DescribeInstanceOutput> {
    call.authorize(&Target::Instance).await?;
    let InstanceSummary {
        arn,
        created_time,
        id,
        identity_management_type,
        inbound_calls_enabled,
        instance_access_url,
        instance_alias,
        instance_status,
        outbound_calls_enabled,
        service_role,
    } = to_summary(call.caller, &call.directory);
    let instance = Instance {
        arn,
        created_time,
        id,
        identity_management_type,
        inbound_calls_enabled,
        instance_access_url,
        instance_alias,
        instance_status,
        outbound_calls_enabled,
        service_role,
        status_reason: None,
        tags: Some(call.directory.settings().tags.clone()),
    };
    Ok(DescribeInstanceOutput { instance: Some(instance), replication_configuration: None })
}

/// Lists instances. A user sees only their own instance. The operator sees all instances.
pub(super) async fn list(caller: &Caller<'_>, input: ListInstancesInput) -> CallResult<ListInstancesOutput> {
    let request = PageRequest { max_results: input.max_results, next_token: input.next_token };
    let paging = Paging::parse(caller, Operation::ListInstances, (String::new(), ""), &request, PAGE_SIZE)?;
    let mut rows: Vec<_> = caller
        .instances()
        .iter()
        .map(|directory| {
            let alias = directory.settings().alias.as_deref().unwrap_or_default();
            (RowKey::by_name(alias, directory.instance().bits()), to_summary(caller, directory))
        })
        .collect();
    rows.sort_by(|(a, _), (b, _)| a.cmp(b));
    let page = paging.page(rows)?;
    Ok(ListInstancesOutput { instance_summary_list: Some(page.rows), next_token: page.next })
}

/// Returns an error unless the caller is the operator. The refusal is recorded in the audit log of the caller's own
/// instance.
async fn require_operator(caller: &Caller<'_>) -> CallResult<()> {
    if caller.is_operator() {
        return Ok(());
    }
    match caller.instances().first() {
        Some(own_instance) => {
            let id = own_instance.instance().to_string();
            new_call(caller, Operation::CreateInstance, &id)?.authorize(&Target::Instance).await
        }
        None => {
            let message = "This requires the operator's access key.";
            Err(Exception::new(ExceptionKind::AccessDenied, message).into())
        }
    }
}

fn check_input(input: &CreateInstanceInput, alias: Option<&str>) -> Result<(), Invalid> {
    let invalid = |input, problem: &str| Err(Invalid { input, problem: problem.to_owned() });
    let directory = non_empty(input.directory_id.as_deref());
    match (input.identity_management_type, alias, directory) {
        (DirectoryType::ExistingDirectory, _, None) => invalid(
            "DirectoryId",
            "required with EXISTING_DIRECTORY: the ID of the directory, for example d-1234567890",
        ),
        (DirectoryType::ConnectManaged | DirectoryType::Saml, _, Some(_)) => {
            invalid("DirectoryId", "can be used with EXISTING_DIRECTORY only: leave it out")
        }
        (DirectoryType::ConnectManaged | DirectoryType::Saml, None, None) => {
            invalid("InstanceAlias", "required unless the instance uses an existing directory")
        }
        _ => Ok(()),
    }
}

/// The instance requested by a `CreateInstance` call.
///
/// If the call has a ClientToken, the instance ID is derived from the call. The upper bits come from the token, and the
/// lower bits come from the other parameters. A repeated call finds the instance that the first call created. A call
/// with the same token but other parameters is detected. Deriving the ID needs no stored state, so this works even
/// after a restart.
struct RequestedInstance {
    id: InstanceId,
    token: Option<u128>,
}

/// The bits of an instance ID that are derived from the token. They are the bits above the UUID's version and variant.
const TOKEN_BITS: u128 = !0 << 80;

impl RequestedInstance {
    fn from_token(token: &str, input: &CreateInstanceInput) -> Self {
        let parameters = format!(
            "{:?} {:?} {:?} {} {} {:?}",
            input.identity_management_type,
            input.instance_alias.as_deref(),
            input.directory_id,
            input.inbound_calls_enabled,
            input.outbound_calls_enabled,
            input.tags
        );
        let [above, below] = [token, &parameters].map(|text| {
            let digest: [u8; 32] = Sha256::digest(text.as_bytes()).into();
            digest.first_chunk::<16>().map_or(0, |bytes| u128::from_be_bytes(*bytes))
        });
        let bits = above & TOKEN_BITS | below & !TOKEN_BITS;
        let id = uuid::Builder::from_custom_bytes(bits.to_be_bytes()).into_uuid().as_u128();
        Self { id: InstanceId::from_bits(id), token: Some(id & TOKEN_BITS) }
    }

    /// Returns the response for the instance that an earlier call with this token created. Returns `None` if no
    /// instance was created with this token.
    fn existing(&self, caller: &Caller<'_>) -> Option<CallResult<CreateInstanceOutput>> {
        let token = self.token?;
        let has_token = |directory: &&std::sync::Arc<Directory>| directory.instance().bits() & TOKEN_BITS == token;
        let instances = caller.instances();
        let existing = instances.iter().find(has_token)?.instance();
        Some(match existing == self.id {
            true => Ok(to_output(caller, existing)),
            false => {
                let message = format!(
                    "This ClientToken was used to create the instance {existing} with other parameters. Send the same \
                     parameters, or another token."
                );
                Err(Exception::new(ExceptionKind::InvalidRequest, message).into())
            }
        })
    }

    /// Returns the error for an instance that can't be created.
    fn error(&self, failure: Failure) -> CallError {
        let message = match &failure {
            Failure::Refused(Refusal::Duplicate { name, .. }) => {
                format!(
                    "The alias `{name}` is used by another instance (aliases are not case-sensitive). \
                    Choose another one."
                )
            }
            // Only calls with the same token result in the same ID, so the token was used for an instance that has been
            // deleted. The ID conflicts with the deleted instance's audit log, which is kept.
            Failure::Store(StoreError::Conflict { .. }) if self.token.is_some() => {
                "This ClientToken was used to create an instance that has been deleted. Send another token.".to_owned()
            }
            _ => return failure.into(),
        };
        Exception::new(ExceptionKind::InvalidRequest, message).into()
    }
}

fn to_output(caller: &Caller<'_>, id: InstanceId) -> CreateInstanceOutput {
    let id = id.to_string();
    let arn = floorkey_aws::arn::Arn::of_instance(&caller.api.region, &caller.api.account, &id);
    CreateInstanceOutput { id: Some(id), arn: Some(arn.to_string()) }
}

fn to_summary(caller: &Caller<'_>, directory: &Directory) -> InstanceSummary {
    let settings = directory.settings();
    let is_enabled = |attribute| Some(value(&settings.attributes, attribute) == "true");
    let id = directory.instance().to_string();
    let account = &caller.api.account;
    let role: String = id.chars().filter(char::is_ascii_alphanumeric).take(20).collect();
    InstanceSummary {
        arn: Some(caller.arn_context(directory).instance().to_owned()),
        created_time: time(settings.created),
        identity_management_type: DirectoryType::from_name(&settings.identity_management),
        inbound_calls_enabled: is_enabled(InstanceAttributeType::InboundCalls),
        instance_access_url: Some(format!("{}/connect/login", caller.api.public_url)),
        instance_alias: settings.alias.clone().map(Sensitive::from),
        instance_status: Some(InstanceStatus::Active),
        outbound_calls_enabled: is_enabled(InstanceAttributeType::OutboundCalls),
        // Floorkey has no IAM roles. Clients that display an instance's role get a name in a valid format.
        service_role: Some(format!(
            "arn:aws:iam::{account}:role/aws-service-role/connect.amazonaws.com/AWSServiceRoleForAmazonConnect_{role}"
        )),
        id: Some(id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(alias: &str, inbound: bool) -> CreateInstanceInput {
        CreateInstanceInput {
            client_token: None,
            identity_management_type: DirectoryType::ConnectManaged,
            instance_alias: Some(Sensitive::from(alias)),
            directory_id: None,
            inbound_calls_enabled: inbound,
            outbound_calls_enabled: true,
            tags: None,
        }
    }

    #[test]
    fn an_id_is_derived_from_token_and_parameters() {
        let one = RequestedInstance::from_token("terraform-1", &input("a", true));
        let again = RequestedInstance::from_token("terraform-1", &input("a", true));
        let other_parameters = RequestedInstance::from_token("terraform-1", &input("a", false));
        let other_token = RequestedInstance::from_token("terraform-2", &input("a", true));
        assert_eq!(one.id, again.id);
        assert_ne!(one.id, other_parameters.id);
        assert_eq!(one.token, other_parameters.token);
        assert_ne!(one.token, other_token.token);
        assert_eq!(uuid::Uuid::from_u128(one.id.bits()).get_version_num(), 8);
    }

    #[test]
    fn alias_and_directory_have_to_match_the_identity_management_type() {
        assert!(check_input(&input("a", true), Some("a")).is_ok());
        assert_eq!(check_input(&input("a", true), None).unwrap_err().input, "InstanceAlias");
        let existing =
            CreateInstanceInput { identity_management_type: DirectoryType::ExistingDirectory, ..input("a", true) };
        assert_eq!(check_input(&existing, None).unwrap_err().input, "DirectoryId");
        let with = CreateInstanceInput { directory_id: Some("d-0123456789".to_owned()), ..existing };
        assert!(check_input(&with, None).is_ok());
        let managed = CreateInstanceInput { identity_management_type: DirectoryType::Saml, ..with };
        assert_eq!(check_input(&managed, Some("a")).unwrap_err().input, "DirectoryId");
    }
}
