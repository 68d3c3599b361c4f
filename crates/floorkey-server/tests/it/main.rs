//! The program as its clients meet it: started for each test, spoken to over the wire.

#[cfg(test)]
mod cli;
mod client;
mod connect_hierarchy;
mod connect_instance;
mod connect_paging;
mod connect_resources;
mod connect_scopes;
mod connect_search_users;
mod connect_security_profiles;
mod connect_tags;
mod connect_users;
mod demo;
mod durability;
mod extensions;
mod http;
mod program;
mod races;
mod server;
mod sign;
mod terraform;
mod world;
