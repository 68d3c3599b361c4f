// Written by `cargo xtask codegen` from the model of Amazon Connect. Changes here are lost.

//! Demands: number.

use crate::shape::Shape;

pub(crate) static AFTER_CONTACT_WORK_TIME_LIMIT: Shape = Shape::Integer { min: 0, max: i32::MAX as i64 };
pub(crate) static AGENT_FIRST_CALLBACK_AUTO_ACCEPT: Shape = Shape::Boolean;
pub(crate) static AUTO_ACCEPT: Shape = Shape::Boolean;
pub(crate) static CONCURRENCY: Shape = Shape::Integer { min: 0, max: 10 };
pub(crate) static DELAY: Shape = Shape::Integer { min: 0, max: 9999 };
pub(crate) static HOURS24_FORMAT: Shape = Shape::Integer { min: 0, max: 23 };
pub(crate) static INBOUND_CALLS_ENABLED: Shape = Shape::Boolean;
pub(crate) static MAX_RESULT10: Shape = Shape::Integer { min: 1, max: 10 };
pub(crate) static MAX_RESULT100: Shape = Shape::Integer { min: 1, max: 100 };
pub(crate) static MAX_RESULT1000: Shape = Shape::Integer { min: 1, max: 1000 };
pub(crate) static MAX_RESULT500: Shape = Shape::Integer { min: 1, max: 500 };
pub(crate) static MAX_RESULT7: Shape = Shape::Integer { min: 1, max: 7 };
pub(crate) static MINUTES_LIMIT60: Shape = Shape::Integer { min: 0, max: 59 };
pub(crate) static NULLABLE_PROFICIENCY_LIMIT_VALUE: Shape =
    Shape::Integer { min: i32::MIN as i64, max: i32::MAX as i64 };
pub(crate) static OUTBOUND_CALLS_ENABLED: Shape = Shape::Boolean;
pub(crate) static PERSISTENT_CONNECTION: Shape = Shape::Boolean;
pub(crate) static PRIORITY: Shape = Shape::Integer { min: 1, max: 99 };
pub(crate) static PROFICIENCY_LEVEL: Shape = Shape::Float { min: 1.0, max: 5.0 };
pub(crate) static QUEUE_MAX_CONTACTS: Shape = Shape::Integer { min: 0, max: i32::MAX as i64 };
pub(crate) static WORKLOAD_TYPE_CONCURRENCY_TYPE: Shape = Shape::Integer { min: 1, max: 10 };
