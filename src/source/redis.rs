//! Redis: keys met by SCAN, gathered by their pattern (`user:*:profile`), some of each read with commands that only read.
//! Values become fields by what the type gives: hash fields, JSON paths, elements. Knows nothing of what names mean.

use super::{
    Budget, Claim, Input, Outcome, Reader, Sink, SourceError, SourceKind, Split, database,
};

#[cfg(feature = "redis")]
#[path = "redis/keys.rs"]
mod keys;
#[cfg(feature = "redis")]
#[path = "redis/resp.rs"]
mod resp;
#[cfg(feature = "redis")]
#[path = "redis/values.rs"]
mod values;

/// The reader of Redis.
pub static READER: Redis = Redis;

/// Redis servers, and those that speak as Redis does (Valkey, KeyDB).
pub struct Redis;

impl Reader for Redis {
    fn format(&self) -> &'static str {
        "redis"
    }

    fn kind(&self, _: &Input) -> SourceKind {
        SourceKind::Database
    }

    fn claim(&self, input: &Input) -> Claim {
        match database::scheme(input.connection()).as_str() {
            "redis" | "rediss" => Claim::Certain,
            _ => Claim::No,
        }
    }

    #[cfg(feature = "redis")]
    fn read(
        &self,
        input: &Input,
        _: &Split,
        budget: &Budget,
        sink: &mut dyn Sink,
    ) -> Result<Outcome, SourceError> {
        let url = input.connection().unwrap_or_default();
        if database::scheme(Some(url)) == "rediss" {
            let why = "Redis over TLS is not read; name it as redis:// through a local tunnel (stunnel, ssh)";
            return Err(SourceError::Server(why.into()));
        }
        let address = database::Address::parse(url)?;
        let mut connection = resp::Connection::open(&address)?;
        let coverage = values::read(&mut connection, budget, sink)?;
        Ok(Outcome {
            coverage,
            ..Outcome::whole()
        })
    }

    #[cfg(not(feature = "redis"))]
    fn read(
        &self,
        _: &Input,
        _: &Split,
        _: &Budget,
        _: &mut dyn Sink,
    ) -> Result<Outcome, SourceError> {
        Err(database::left_out("redis"))
    }
}
