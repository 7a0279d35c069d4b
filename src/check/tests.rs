//! The gate over invented inventories: rules, newness, identity.
