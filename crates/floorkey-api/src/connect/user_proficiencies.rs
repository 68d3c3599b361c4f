//! The proficiencies of users.

use floorkey::user::Proficiency;
use floorkey::{Action, Command};
use floorkey_aws::model::{
    AssociateUserProficienciesInput, DisassociateUserProficienciesInput, Empty, ListUserProficienciesInput,
    ListUserProficienciesOutput, UpdateUserProficienciesInput, UserProficiency,
};
use floorkey_aws::operation::Operation;

use super::listing::{ListId, PAGE_SIZE, Paging, RowKey};
use super::members::time;
use crate::caller::{ApiResult, Caller};

pub(super) async fn associate(caller: &Caller<'_>, input: AssociateUserProficienciesInput) -> ApiResult<Empty> {
    let (action, operation) = (Action::AssociateUserProficiencies, Operation::AssociateUserProficiencies);
    let directory = caller.directory(&input.instance_id)?;
    let user = caller.user(&directory, &input.user_id, action, operation).await?.id;
    let proficiencies = input.user_proficiencies.into_iter().map(to_proficiency).collect();
    caller.execute(&directory, Command::AssociateUserProficiencies { user, proficiencies }, operation).await?;
    Ok(Empty {})
}

pub(super) async fn update(caller: &Caller<'_>, input: UpdateUserProficienciesInput) -> ApiResult<Empty> {
    let (action, operation) = (Action::UpdateUserProficiencies, Operation::UpdateUserProficiencies);
    let directory = caller.directory(&input.instance_id)?;
    let user = caller.user(&directory, &input.user_id, action, operation).await?.id;
    let proficiencies = input.user_proficiencies.into_iter().map(to_proficiency).collect();
    caller.execute(&directory, Command::UpdateUserProficiencies { user, proficiencies }, operation).await?;
    Ok(Empty {})
}

pub(super) async fn disassociate(caller: &Caller<'_>, input: DisassociateUserProficienciesInput) -> ApiResult<Empty> {
    let (action, operation) = (Action::DisassociateUserProficiencies, Operation::DisassociateUserProficiencies);
    let directory = caller.directory(&input.instance_id)?;
    let user = caller.user(&directory, &input.user_id, action, operation).await?.id;
    let references = input.user_proficiencies.into_iter();
    let proficiencies =
        references.map(|proficiency| (proficiency.attribute_name, proficiency.attribute_value)).collect();
    caller.execute(&directory, Command::DisassociateUserProficiencies { user, proficiencies }, operation).await?;
    Ok(Empty {})
}

pub(super) async fn list(
    caller: &Caller<'_>,
    input: ListUserProficienciesInput,
) -> ApiResult<ListUserProficienciesOutput> {
    let (action, operation) = (Action::ListUserProficiencies, Operation::ListUserProficiencies);
    let directory = caller.directory(&input.instance_id)?;
    let user = caller.user(&directory, &input.user_id, action, operation).await?;
    let filters = user.id.to_string();
    let list = ListId { instance: &directory.instance().to_string(), filters: &filters };
    let paging = Paging::parse(caller, operation, &list, input.max_results, PAGE_SIZE, input.next_token.as_deref())?;
    let page = paging.page(user.proficiencies.iter().enumerate().map(|(index, proficiency)| {
        let row = UserProficiency {
            attribute_name: proficiency.attribute.clone(),
            attribute_value: proficiency.value.clone(),
            level: to_decimal(proficiency.level),
        };
        (RowKey::by_index(index), row)
    }))?;
    Ok(ListUserProficienciesOutput {
        next_token: page.next,
        user_proficiency_list: Some(page.rows),
        last_modified_time: time(user.modified),
        last_modified_region: caller.arn_context(&directory).region(),
    })
}

fn to_proficiency(proficiency: UserProficiency) -> Proficiency {
    #[expect(clippy::cast_possible_truncation, reason = "a level is 1 to 5, and the model's own type is a float")]
    let level = proficiency.level as f32;
    Proficiency { attribute: proficiency.attribute_name, value: proficiency.attribute_value, level }
}

/// Converts a level to the `f64` with the same decimal digits, for example 2.3 instead of 2.299999952316284.
fn to_decimal(level: f32) -> f64 {
    level.to_string().parse().unwrap_or_else(|_| f64::from(level))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_returned_as_it_was_sent() {
        for level in [1.0, 2.3, 4.9, 5.0] {
            let proficiency = UserProficiency { attribute_name: "a".into(), attribute_value: "b".into(), level };
            assert!((to_decimal(to_proficiency(proficiency).level) - level).abs() < f64::EPSILON, "{level}");
        }
    }
}
