//! PostgreSQL, live: the catalogue, the planner's statistics and a bounded sample of each table, in one read-only transaction.
//! `docs/databases.md` lists every statement. Knows nothing of what names mean.

use super::{
    Budget, Claim, Input, Outcome, Reader, Sink, SourceError, SourceKind, Split, database,
};

#[cfg(feature = "postgres")]
#[path = "postgres/catalog.rs"]
mod catalog;
#[cfg(feature = "postgres")]
#[path = "postgres/rows.rs"]
mod rows;
#[cfg(feature = "postgres")]
#[path = "postgres/session.rs"]
mod session;
#[cfg(feature = "postgres")]
#[path = "postgres/tls.rs"]
mod tls;

/// The reader of PostgreSQL.
pub static READER: Postgres = Postgres;

/// PostgreSQL servers.
pub struct Postgres;

impl Reader for Postgres {
    fn format(&self) -> &'static str {
        "postgres"
    }

    fn kind(&self, _: &Input) -> SourceKind {
        SourceKind::Database
    }

    fn claim(&self, input: &Input) -> Claim {
        match database::scheme(input.connection()).as_str() {
            "postgres" | "postgresql" => Claim::Certain,
            _ => Claim::No,
        }
    }

    #[cfg(feature = "postgres")]
    fn read(
        &self,
        input: &Input,
        _: &Split,
        budget: &Budget,
        sink: &mut dyn Sink,
    ) -> Result<Outcome, SourceError> {
        let address = database::Address::parse(input.connection().unwrap_or_default())?;
        let mut session = session::Session::open(&address)?;
        let tables = match catalog::read(&mut session) {
            Ok(tables) => tables,
            Err(trouble) => {
                return Err(SourceError::Server(format!(
                    "{} while reading the catalogue",
                    trouble.why
                )));
            }
        };
        let tally = rows::read(&mut session, &tables, budget, sink);
        session.close();
        Ok(Outcome {
            coverage: tally.coverage(),
            ..Outcome::whole()
        })
    }

    #[cfg(not(feature = "postgres"))]
    fn read(
        &self,
        _: &Input,
        _: &Split,
        _: &Budget,
        _: &mut dyn Sink,
    ) -> Result<Outcome, SourceError> {
        Err(database::left_out("postgres"))
    }
}
