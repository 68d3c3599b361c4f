//! The program as its clients meet it: started for each test, spoken to over the wire.

mod cli;
mod client;
mod connect_instance;
mod connect_security_profiles;
mod demo;
mod extensions;
mod http;
mod program;
mod server;
mod sign;
mod world;
