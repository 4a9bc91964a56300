/// Kinds of data with the statement of each. A statement is given the person (`$1`), how many lines are wanted (`$2`) and how
/// many come before them (`$3`), and has a total order, the oldest first.
macro_rules! kinds {
    ($area:ident; $($name:literal ($($column:ident: $kind:ty),+ $(,)?) $sql:literal;)+) => {
        pub(super) const KINDS: &[super::DataKind] = &[$(super::DataKind {
            name: $name,
            columns: &[$(stringify!($column)),+],
            area: super::Area::$area,
        }),+];

        pub(super) async fn lines(
            conn: &mut crate::Conn,
            name: &str,
            person: preau_base::PersonId,
            from: i64,
            most: i64,
        ) -> Result<Vec<super::Line>, crate::StoreError> {
            let lines = match name {
                $($name => fetch_all!(conn, ($($kind,)+), $sql, person.uuid(), most, from)?
                    .into_iter()
                    .map(|($($column,)+)| vec![$(serde_json::Value::from($column)),+])
                    .collect(),)+
                _ => Vec::new(),
            };
            Ok(lines)
        }
    };
}
