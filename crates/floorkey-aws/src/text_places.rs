//! Finds all strings in the input of an operation. Tools use this module to replace one string at a time with a test
//! value.

use crate::input::{InputMember, Place};
use crate::operation::Operation;
use crate::shape::Shape;

/// One step in the path to a value in an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A member of a structure.
    Member(&'static str),
    /// An item of a list.
    Item,
    /// A key of a map.
    Key,
    /// A value of a map.
    Value,
}

/// The location of a string in an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextPlace {
    /// The path to the string, starting at the root of the input.
    pub steps: Vec<Step>,
    /// Whether the string is in the body. Otherwise, the string is a path label or a query parameter.
    pub is_in_body: bool,
}

/// Returns the locations of all strings in the operation's input. Recursive structures are followed only once.
#[must_use]
pub fn text_places(operation: Operation) -> Vec<TextPlace> {
    let of_member = |member: &InputMember| {
        let mut ways = Vec::new();
        collect(member.shape(), &mut vec![Step::Member(member.name())], &mut Vec::new(), &mut ways);
        let is_in_body = member.place() == Place::Body;
        ways.into_iter().map(move |steps| TextPlace { steps, is_in_body })
    };
    operation.members().iter().flat_map(of_member).collect()
}

fn collect(shape: &'static Shape, way: &mut Vec<Step>, above: &mut Vec<&'static Shape>, ways: &mut Vec<Vec<Step>>) {
    if above.iter().any(|other| std::ptr::eq(*other, shape)) {
        return;
    }
    above.push(shape);
    let mut step = |step, below, way: &mut Vec<Step>, above: &mut Vec<&'static Shape>| {
        way.push(step);
        collect(below, way, above, ways);
        way.pop();
    };
    match shape {
        Shape::Text(_) => ways.push(way.clone()),
        Shape::List { item, .. } => step(Step::Item, item, way, above),
        Shape::Map { key, value, .. } => {
            step(Step::Key, key, way, above);
            step(Step::Value, value, way, above);
        }
        Shape::Structure(members) => {
            members.iter().for_each(|member| step(Step::Member(member.name()), member.shape(), way, above));
        }
        Shape::Boolean | Shape::Float { .. } | Shape::Integer { .. } => {}
    }
    above.pop();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_of_an_input_is_found() {
        let ways: Vec<_> = text_places(Operation::CreateSecurityProfile).into_iter().map(|place| place.steps).collect();
        for way in [
            vec![Step::Member("InstanceId")],
            vec![Step::Member("SecurityProfileName")],
            vec![Step::Member("Permissions"), Step::Item],
            vec![Step::Member("Tags"), Step::Key],
            vec![Step::Member("Tags"), Step::Value],
            vec![Step::Member("Applications"), Step::Item, Step::Member("Namespace")],
        ] {
            assert!(ways.contains(&way), "{way:?} in {ways:?}");
        }
        let search = text_places(Operation::SearchUsers);
        let condition = [Step::Member("SearchCriteria"), Step::Member("StringCondition"), Step::Member("Value")];
        assert!(search.iter().any(|place| place.steps == condition));
        assert!(text_places(Operation::ListUsers).iter().any(|place| !place.is_in_body));
    }
}
