//! MySQL and MariaDB, live: the catalogue and a bounded sample of each table by key ranges, in one read-only transaction.
//! `docs/databases.md` lists every statement. Knows nothing of what names mean.

use super::{
    Budget, Claim, Input, Outcome, Reader, Sink, SourceError, SourceKind, Split, database,
};

#[cfg(feature = "mysql")]
#[path = "mysql/catalog.rs"]
mod catalog;
#[cfg(feature = "mysql")]
#[path = "mysql/rows.rs"]
mod rows;
#[cfg(feature = "mysql")]
#[path = "mysql/session.rs"]
mod session;

/// The reader of MySQL and MariaDB.
pub static READER: MySql = MySql;

/// MySQL and MariaDB servers.
pub struct MySql;

impl Reader for MySql {
    fn format(&self) -> &'static str {
        "mysql"
    }

    fn kind(&self, _: &Input) -> SourceKind {
        SourceKind::Database
    }

    fn claim(&self, input: &Input) -> Claim {
        match database::scheme(input.connection()).as_str() {
            "mysql" | "mariadb" => Claim::Certain,
            _ => Claim::No,
        }
    }

    #[cfg(feature = "mysql")]
    fn read(
        &self,
        input: &Input,
        _: &Split,
        budget: &Budget,
        sink: &mut dyn Sink,
    ) -> Result<Outcome, SourceError> {
        let address = database::Address::parse(input.connection().unwrap_or_default())?;
        // One statement reads a whole table where all are read.
        let seconds = if budget.full {
            database::FULL_SECONDS
        } else {
            database::STATEMENT_SECONDS
        };
        let mut session = session::Session::open(&address, seconds)?;
        let catalog = catalog::read(&mut session, address.database.as_deref());
        let tables = catalog.map_err(|trouble| {
            SourceError::Server(format!("{} while reading the catalogue", trouble.why))
        })?;
        let tally = rows::read(&mut session, &tables, budget, sink);
        session.close();
        Ok(Outcome {
            coverage: tally.coverage(),
            ..Outcome::whole()
        })
    }

    #[cfg(not(feature = "mysql"))]
    fn read(
        &self,
        _: &Input,
        _: &Split,
        _: &Budget,
        _: &mut dyn Sink,
    ) -> Result<Outcome, SourceError> {
        Err(database::left_out("mysql"))
    }
}
