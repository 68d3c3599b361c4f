//! The proficiencies of users.

use floorkey::Command;
use floorkey::user::Proficiency;
use floorkey_aws::model::{
    AssociateUserProficienciesInput, DisassociateUserProficienciesInput, Empty, ListUserProficienciesInput,
    ListUserProficienciesOutput, UpdateUserProficienciesInput, UserProficiency,
};

use super::call::{Call, CallResult};
use super::listing::RowKey;
use super::members::time;

pub(super) async fn associate(call: &Call<'_>, input: AssociateUserProficienciesInput) -> CallResult<Empty> {
    let user = call.user(&input.user_id).await?.id;
    let proficiencies = input.user_proficiencies.into_iter().map(to_proficiency).collect();
    call.execute(Command::AssociateUserProficiencies { user, proficiencies }).await?;
    Ok(Empty {})
}

pub(super) async fn update(call: &Call<'_>, input: UpdateUserProficienciesInput) -> CallResult<Empty> {
    let user = call.user(&input.user_id).await?.id;
    let proficiencies = input.user_proficiencies.into_iter().map(to_proficiency).collect();
    call.execute(Command::UpdateUserProficiencies { user, proficiencies }).await?;
    Ok(Empty {})
}

pub(super) async fn disassociate(call: &Call<'_>, input: DisassociateUserProficienciesInput) -> CallResult<Empty> {
    let user = call.user(&input.user_id).await?.id;
    let references = input.user_proficiencies.into_iter();
    let proficiencies =
        references.map(|proficiency| (proficiency.attribute_name, proficiency.attribute_value)).collect();
    call.execute(Command::DisassociateUserProficiencies { user, proficiencies }).await?;
    Ok(Empty {})
}

pub(super) async fn list(
    call: &Call<'_>,
    input: ListUserProficienciesInput,
) -> CallResult<ListUserProficienciesOutput> {
    let user = call.user(&input.user_id).await?;
    let filters = user.id.to_string();
    let paging = call.paging(&filters)?;
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
        last_modified_region: call.arns().region(),
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
