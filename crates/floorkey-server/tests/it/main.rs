//! Tests the program as its clients see it. Each test starts the program and calls it over the network.

#[cfg(test)]
mod api_tokens;
#[cfg(test)]
mod applications;
#[cfg(test)]
mod authzen;
#[cfg(test)]
mod aws_clients;
#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod browser;
#[cfg(test)]
mod bundles;
#[cfg(test)]
mod call_log;
#[cfg(test)]
mod cli;
#[cfg(test)]
mod cli_decisions;
#[cfg(test)]
mod client;
#[cfg(test)]
mod connect_hierarchy;
#[cfg(test)]
mod connect_instance;
#[cfg(test)]
mod connect_paging;
#[cfg(test)]
mod connect_quick_connects;
#[cfg(test)]
mod connect_resource_changes;
#[cfg(test)]
mod connect_resources;
#[cfg(test)]
mod connect_scopes;
#[cfg(test)]
mod connect_search_users;
#[cfg(test)]
mod connect_security_profiles;
#[cfg(test)]
mod connect_tags;
#[cfg(test)]
mod connect_undo;
#[cfg(test)]
mod connect_users;
#[cfg(test)]
mod connections;
#[cfg(test)]
mod console_access;
#[cfg(test)]
mod console_check_access;
#[cfg(test)]
mod console_check_access_answers;
#[cfg(test)]
mod console_conditions;
#[cfg(test)]
mod console_findings;
#[cfg(test)]
mod console_frame;
#[cfg(test)]
mod console_history;
#[cfg(test)]
mod console_history_event;
#[cfg(test)]
mod console_home;
#[cfg(test)]
mod console_mail;
#[cfg(test)]
mod console_numbers;
#[cfg(test)]
mod console_permissions;
#[cfg(test)]
mod console_profile_grid;
#[cfg(test)]
mod console_profiles;
#[cfg(test)]
mod console_promotion;
#[cfg(test)]
mod console_records;
#[cfg(test)]
mod console_sign_in;
#[cfg(test)]
mod console_sweep;
#[cfg(test)]
mod console_tables;
#[cfg(test)]
mod console_user;
#[cfg(test)]
mod console_user_goes;
#[cfg(test)]
mod console_user_limits;
#[cfg(test)]
mod console_users;
#[cfg(test)]
mod console_users_files;
/// Tests password resets of many users, by slip or by link.
#[cfg(test)]
mod console_users_reset;
#[cfg(test)]
mod console_who_has_what;
#[cfg(test)]
mod demo;
#[cfg(test)]
mod demo_guard;
#[cfg(test)]
mod demo_history;
#[cfg(test)]
mod documents;
#[cfg(test)]
mod durability;
#[cfg(test)]
mod ephemeral;
#[cfg(test)]
mod escalation;
#[cfg(test)]
mod extensions;
#[cfg(test)]
mod findings;
#[cfg(test)]
mod grant_conditions;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod html_page;
#[cfg(test)]
mod http;
#[cfg(test)]
mod import_from_connect;
#[cfg(test)]
mod in_flight;
#[cfg(test)]
mod instance_alias;
#[cfg(test)]
mod integrations;
#[cfg(test)]
mod large_events;
#[cfg(test)]
mod old_data;
#[cfg(test)]
mod openapi;
#[cfg(test)]
mod operating;
#[cfg(test)]
mod outbox;
#[cfg(test)]
mod ownership;
#[cfg(test)]
mod password_memory;
#[cfg(test)]
mod permission_use;
#[cfg(test)]
mod program;
#[cfg(test)]
mod races;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod scoped_history;
#[cfg(test)]
mod server;
#[cfg(test)]
mod sign;
#[cfg(test)]
mod sign_in_limits;
#[cfg(test)]
mod signed_changes;
#[cfg(test)]
mod sts;
#[cfg(test)]
mod sweep;
#[cfg(test)]
mod terraform;
#[cfg(test)]
mod tls;
#[cfg(test)]
mod trusted_proxies;
#[cfg(test)]
mod visibility;
#[cfg(test)]
mod visitor;
#[cfg(test)]
mod world;
