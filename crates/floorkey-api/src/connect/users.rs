//! Operations on users: create, read, delete and list.

use floorkey::user::Identity;
use floorkey::{
    Command, HierarchyGroupId, Invalid, NewUser, Refusal, ResourceAttributes, ResourceId, ResourceType,
    SecurityProfileId, Target, User, UserId,
};
use floorkey_aws::Sensitive;
use floorkey_aws::arn::ResourceKind;
use floorkey_aws::model::{
    CreateUserInput, CreateUserOutput, DeleteUserInput, DescribeUserInput, DescribeUserOutput, Empty, ListUsersInput,
    ListUsersOutput, User as UserModel, UserIdentityInfo, UserIdentityInfoLite, UserSearchSummary, UserSummary,
};

use super::call::{Call, CallResult, parse_ref};
use super::listing::NameKey;
use super::members::{ArnContext, non_empty, time};
use super::phone::{self, ChannelLists, Unit};
use super::row_visibility::{ListFilter, RowVisibility};
use floorkey_service::connection_thread::leave_connection_thread;
use floorkey_service::entropy;
use floorkey_service::passwords::Password;

pub(super) async fn create(call: &Call<'_>, input: CreateUserInput) -> CallResult<CreateUserOutput> {
    let id = UserId::from_bits(entropy::random_id());
    let identity_management = call.directory.settings().identity_management.clone();
    let tags = input.tags.clone().unwrap_or_default();
    let parsed = password(&identity_management, &input).and_then(|password| Ok((password, new_user(id, input)?)));
    let (password, new) =
        call.valid(&Target::Described(ResourceAttributes::new(ResourceType::User, &tags)), parsed).await?;
    match password {
        None => call.execute(Command::CreateUser(Box::new(new))).await?,
        Some(password) => {
            let command = |password| Command::CreateUser(Box::new(NewUser { password: Some(password), ..new.clone() }));
            call.execute_with_password(&password, command).await?
        }
    };
    Ok(CreateUserOutput { user_id: Some(id.to_string()), user_arn: call.arns().arn(ResourceKind::User, id) })
}

pub(super) async fn delete(call: &Call<'_>, input: DeleteUserInput) -> CallResult<Empty> {
    let user = call.user(&input.user_id).await?.id;
    call.execute(Command::DeleteUser { user }).await?;
    Ok(Empty {})
}

pub(super) async fn describe(call: &Call<'_>, input: DescribeUserInput) -> CallResult<DescribeUserOutput> {
    let user = call.user(&input.user_id).await?;
    Ok(DescribeUserOutput { user: Some(to_model(user, &call.arns())) })
}

pub(super) async fn list(call: &Call<'_>, _: ListUsersInput) -> CallResult<ListUsersOutput> {
    let list_filter = ListFilter::new(call, ResourceType::User).await?;
    let paging = call.paging("")?;
    if !list_filter.shows_everything() || !paging.is_cheap() {
        // Finding the users on the page can require a scan of all users.
        leave_connection_thread().await;
    }
    let arns = call.arns();
    let page = paging.page(call.directory.users_after(paging.after_name()).filter_map(|user| {
        let visibility = list_filter.visibility_of(&Target::User(user.id))?;
        Some((NameKey { name: &user.username, id: user.id.bits() }, summary(user, visibility, &arns)))
    }))?;
    Ok(ListUsersOutput { user_summary_list: Some(page.rows), next_token: page.next })
}

/// Converts a user to a row in the SearchUsers response. The row has no addresses, and its times are in milliseconds.
pub(super) fn search_summary(user: &User, visibility: RowVisibility, arns: &ArnContext<'_>) -> UserSearchSummary {
    let name_only = UserSearchSummary {
        arn: arns.arn(ResourceKind::User, user.id),
        id: Some(user.id.to_string()),
        username: Some(user.username.clone()),
        ..UserSearchSummary::default()
    };
    if visibility == RowVisibility::Name {
        return name_only;
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
        ..name_only
    }
}

/// Returns the identity information in a request. An empty string is treated as an absent member.
pub(super) fn identity(info: Option<UserIdentityInfo>) -> Identity {
    let info = info.unwrap_or_default();
    Identity {
        first_name: non_empty(info.first_name.as_deref()),
        last_name: non_empty(info.last_name.as_deref()),
        email: non_empty(info.email.as_deref()),
        secondary_email: non_empty(info.secondary_email.as_deref()),
        mobile: non_empty(info.mobile.as_deref()),
    }
}

/// Returns the new user's password. The password is required if the instance stores passwords, and refused otherwise.
fn password(identity_management: &str, input: &CreateUserInput) -> Result<Option<Password>, Refusal> {
    let invalid = |input, problem: String| Err(Invalid { input, problem }.into());
    if identity_management == "SAML" && non_empty(input.directory_user_id.as_deref()).is_some() {
        return invalid("DirectoryUserId", "leave it out: with SAML, there is no directory".to_owned());
    }
    match (identity_management, &input.password) {
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
    let profile = |id: &String| parse_ref(ResourceType::SecurityProfile, id, SecurityProfileId::parse);
    let group = non_empty(input.hierarchy_group_id.as_deref());
    let lists = ChannelLists {
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
        directory_user_id: non_empty(input.directory_user_id.as_deref()),
        profiles: input.security_profile_ids.iter().map(profile).collect::<Result<_, _>>()?,
        routing_profile: parse_ref(ResourceType::RoutingProfile, &input.routing_profile_id, ResourceId::parse)?,
        hierarchy_group: group
            .map(|group| parse_ref(ResourceType::HierarchyGroup, &group, HierarchyGroupId::parse))
            .transpose()?,
        channels: phone::from_both(input.phone_config, lists)?,
        tags: input.tags.unwrap_or_default(),
    })
}

fn to_model(user: &User, arns: &ArnContext<'_>) -> UserModel {
    let lists = phone::lists(&user.phone, Unit::Seconds);
    let sensitive = |text: &Option<String>| text.clone().map(Sensitive::from);
    UserModel {
        after_contact_work_configs: lists.after_contact_work,
        arn: arns.arn(ResourceKind::User, user.id),
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
        last_modified_region: arns.region(),
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

fn summary(user: &User, visibility: RowVisibility, arns: &ArnContext<'_>) -> UserSummary {
    UserSummary {
        arn: arns.arn(ResourceKind::User, user.id),
        id: Some(user.id.to_string()),
        last_modified_region: visibility.if_full(arns.region()),
        last_modified_time: visibility.if_full(time(user.modified)),
        username: Some(user.username.clone()),
    }
}

/// Returns the IDs of all assigned profiles. Includes assignments that have not started yet or have ended.
fn profile_ids(user: &User) -> Vec<String> {
    user.assignments.iter().map(|assignment| assignment.profile.to_string()).collect()
}
