//! Users: create, read, delete and list.

use floorkey::user::Identity;
use floorkey::{
    Act, Command, HierarchyGroupId, Invalid, NewUser, Refusal, ResourceId, ResourceType, SecurityProfileId, Target,
    Thing, User, UserId,
};
use floorkey_aws::Sensitive;
use floorkey_aws::arn::ResourceKind;
use floorkey_aws::model::{
    CreateUserInput, CreateUserOutput, DeleteUserInput, DescribeUserInput, DescribeUserOutput, Empty, ListUsersInput,
    ListUsersOutput, User as Described, UserIdentityInfo, UserIdentityInfoLite, UserSearchSummary, UserSummary,
};
use floorkey_aws::operation::Operation;

use super::listing::{ByName, List, PAGE, Paging};
use super::lookup::linked;
use super::phone::{self, Lists, Unit};
use super::sight::{Sight, Viewer};
use super::wire::{Wire, said, time};
use crate::caller::{Caller, Refuse};
use floorkey_service::connection_thread::leave_connection_thread;
use floorkey_service::outside;
use floorkey_service::passwords::Password;

pub(super) async fn create(caller: &Caller<'_>, input: CreateUserInput) -> Refuse<CreateUserOutput> {
    let (act, operation) = (Act::CreateUser, Operation::CreateUser);
    let directory = caller.directory(&input.instance_id)?;
    let id = UserId::from_bits(outside::id());
    let managed = directory.settings().identity_management.clone();
    let tags = input.tags.clone().unwrap_or_default();
    let put_together = password(&managed, &input).and_then(|password| Ok((password, new_user(id, input)?)));
    let (password, new) = match put_together {
        Ok(put_together) => put_together,
        Err(refusal) => {
            let thing = Thing::new(ResourceType::User, &tags);
            return Err(caller.refuse_command(&directory, act, &Target::Described(thing), refusal, operation).await);
        }
    };
    match password {
        None => caller.execute(&directory, Command::CreateUser(Box::new(new)), operation).await?,
        Some(password) => {
            let command = |password| Command::CreateUser(Box::new(NewUser { password: Some(password), ..new.clone() }));
            caller.execute_with_password(&directory, &password, true, command, operation).await?
        }
    };
    Ok(CreateUserOutput {
        user_id: Some(id.to_string()),
        user_arn: caller.wire(&directory).arn(ResourceKind::User, id),
    })
}

pub(super) async fn delete(caller: &Caller<'_>, input: DeleteUserInput) -> Refuse<Empty> {
    let (act, operation) = (Act::DeleteUser, Operation::DeleteUser);
    let directory = caller.directory(&input.instance_id)?;
    let user = caller.user(&directory, &input.user_id, act, operation).await?.id;
    caller.execute(&directory, Command::DeleteUser { user }, operation).await?;
    Ok(Empty {})
}

pub(super) async fn describe(caller: &Caller<'_>, input: DescribeUserInput) -> Refuse<DescribeUserOutput> {
    let directory = caller.directory(&input.instance_id)?;
    let user = caller.user(&directory, &input.user_id, Act::DescribeUser, Operation::DescribeUser).await?;
    Ok(DescribeUserOutput { user: Some(described(user, &caller.wire(&directory))) })
}

pub(super) async fn list(caller: &Caller<'_>, input: ListUsersInput) -> Refuse<ListUsersOutput> {
    let operation = Operation::ListUsers;
    let directory = caller.directory(&input.instance_id)?;
    let viewer = Viewer::new(caller, &directory, Act::ListUsers, ResourceType::User, operation).await?;
    let list = List { instance: &directory.instance().to_string(), filters: "" };
    let paging = Paging::read(caller, operation, &list, input.max_results, PAGE, input.next_token.as_deref())?;
    if !viewer.sees_everything() || !paging.is_short() {
        // Finding the users of the page can require a scan of all users.
        leave_connection_thread().await;
    }
    let wire = caller.wire(&directory);
    let page = paging.page(directory.users_after(paging.after_name()).filter_map(|user| {
        let sight = viewer.sees(&Target::User(user.id))?;
        Some((ByName { name: &user.username, id: user.id.bits() }, summary(user, sight, &wire)))
    }))?;
    Ok(ListUsersOutput { user_summary_list: Some(page.rows), next_token: page.next })
}

/// A user in the results of SearchUsers: without addresses, and with times in milliseconds.
pub(super) fn found(user: &User, sight: Sight, wire: &Wire<'_>) -> UserSearchSummary {
    let named = UserSearchSummary {
        arn: wire.arn(ResourceKind::User, user.id),
        id: Some(user.id.to_string()),
        username: Some(user.username.clone()),
        ..UserSearchSummary::default()
    };
    if sight == Sight::Name {
        return named;
    }
    let lists = phone::lists(&user.phone, Unit::Milliseconds);
    UserSearchSummary {
        after_contact_work_configs: lists.after_contact_work,
        auto_accept_configs: lists.auto_accept,
        directory_user_id: user.directory_user_id.clone(),
        hierarchy_group_id: user.hierarchy_group.map(|group| group.to_string()),
        identity_info: Some(UserIdentityInfoLite {
            first_name: user.identity.first_name.clone().map(Sensitive::from),
            last_name: user.identity.last_name.clone().map(Sensitive::from),
        }),
        persistent_connection_configs: lists.persistent_connection,
        phone_config: Some(phone::config(&user.phone, Unit::Milliseconds)),
        phone_number_configs: lists.phone_numbers,
        routing_profile_id: Some(user.routing_profile.to_string()),
        security_profile_ids: Some(profile_ids(user)),
        tags: Some(user.tags.clone()),
        voice_enhancement_configs: lists.voice_enhancement,
        ..named
    }
}

/// The name and the addresses in a request. `""` counts as absent.
pub(super) fn identity(info: Option<UserIdentityInfo>) -> Identity {
    let info = info.unwrap_or_default();
    Identity {
        first_name: said(info.first_name.as_deref()),
        last_name: said(info.last_name.as_deref()),
        email: said(info.email.as_deref()),
        secondary_email: said(info.secondary_email.as_deref()),
        mobile: said(info.mobile.as_deref()),
    }
}

/// The password, which is required if the instance stores passwords and refused otherwise.
fn password(managed: &str, input: &CreateUserInput) -> Result<Option<Password>, Refusal> {
    let invalid = |input, problem: String| Err(Invalid { input, problem }.into());
    if managed == "SAML" && said(input.directory_user_id.as_deref()).is_some() {
        return invalid("DirectoryUserId", "leave it out: with SAML, there is no directory".to_owned());
    }
    match (managed, &input.password) {
        ("CONNECT_MANAGED", Some(password)) => Ok(Some(Password::parse(password)?)),
        ("CONNECT_MANAGED", None) => {
            let problem = "a new user in this instance must have a password";
            invalid("Password", problem.to_owned())
        }
        (_, Some(_)) => {
            let problem = "leave it out: this instance has no passwords, because its users are managed in an \
                external directory";
            invalid("Password", problem.to_owned())
        }
        (_, None) => Ok(None),
    }
}

fn new_user(id: UserId, input: CreateUserInput) -> Result<NewUser, Refusal> {
    let profile = |id: &String| linked(ResourceType::SecurityProfile, id, SecurityProfileId::parse);
    let group = said(input.hierarchy_group_id.as_deref());
    let lists = Lists {
        auto_accept: input.auto_accept_configs,
        after_contact_work: input.after_contact_work_configs,
        phone_numbers: input.phone_number_configs,
        persistent_connection: input.persistent_connection_configs,
        voice_enhancement: input.voice_enhancement_configs,
    };
    Ok(NewUser {
        id,
        username: input.username,
        password: None,
        identity: identity(input.identity_info),
        directory_user_id: said(input.directory_user_id.as_deref()),
        profiles: input.security_profile_ids.iter().map(profile).collect::<Result<_, _>>()?,
        routing_profile: linked(ResourceType::RoutingProfile, &input.routing_profile_id, ResourceId::parse)?,
        hierarchy_group: group
            .map(|group| linked(ResourceType::HierarchyGroup, &group, HierarchyGroupId::parse))
            .transpose()?,
        channels: phone::of_both(input.phone_config, lists)?,
        tags: input.tags.unwrap_or_default(),
    })
}

fn described(user: &User, wire: &Wire<'_>) -> Described {
    let lists = phone::lists(&user.phone, Unit::Seconds);
    let sensitive = |text: &Option<String>| text.clone().map(Sensitive::from);
    Described {
        after_contact_work_configs: lists.after_contact_work,
        arn: wire.arn(ResourceKind::User, user.id),
        auto_accept_configs: lists.auto_accept,
        directory_user_id: user.directory_user_id.clone(),
        hierarchy_group_id: user.hierarchy_group.map(|group| group.to_string()),
        id: Some(user.id.to_string()),
        identity_info: Some(UserIdentityInfo {
            email: sensitive(&user.identity.email),
            first_name: sensitive(&user.identity.first_name),
            last_name: sensitive(&user.identity.last_name),
            mobile: user.identity.mobile.clone(),
            secondary_email: sensitive(&user.identity.secondary_email),
        }),
        last_modified_region: wire.region(),
        last_modified_time: time(user.modified),
        persistent_connection_configs: lists.persistent_connection,
        phone_config: Some(phone::config(&user.phone, Unit::Seconds)),
        phone_number_configs: lists.phone_numbers,
        routing_profile_id: Some(user.routing_profile.to_string()),
        security_profile_ids: Some(profile_ids(user)),
        tags: Some(user.tags.clone()),
        username: Some(user.username.clone()),
        voice_enhancement_configs: lists.voice_enhancement,
    }
}

fn summary(user: &User, sight: Sight, wire: &Wire<'_>) -> UserSummary {
    UserSummary {
        arn: wire.arn(ResourceKind::User, user.id),
        id: Some(user.id.to_string()),
        last_modified_region: sight.whole(wire.region()),
        last_modified_time: sight.whole(time(user.modified)),
        username: Some(user.username.clone()),
    }
}

/// The IDs of all assigned profiles, including those whose assignment has not started or has ended.
fn profile_ids(user: &User) -> Vec<String> {
    user.assignments.iter().map(|held| held.profile.to_string()).collect()
}
