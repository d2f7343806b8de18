import ChatBridge

extension SQLiteMigrations {
    // What dialects store of users beside their records, and by which texts users are found: see `UserSearch`.
    static let userRecords = """
        CREATE TABLE user_records (
            dialect TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, user TEXT NOT NULL, value TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            PRIMARY KEY (dialect, kind, key)
        ) WITHOUT ROWID;
        CREATE INDEX user_records_user ON user_records (user, dialect, kind);

        CREATE TABLE user_search (key TEXT NOT NULL, user TEXT NOT NULL, PRIMARY KEY (key, user)) WITHOUT ROWID;
        CREATE INDEX user_search_user ON user_search (user);
        INSERT INTO user_search (key, user)
        WITH RECURSIVE
            texts (user, text) AS (
                SELECT id, coalesce(json_extract(details, '$.username'), name) FROM users
                UNION ALL SELECT id, json_extract(details, '$.email') FROM users
            ),
            ends (user, text) AS (
                SELECT user, substr(coalesce(fold(text), lower(text)), 1, 64) FROM texts WHERE text IS NOT NULL
                UNION ALL SELECT user, substr(text, 2) FROM ends WHERE length(text) > 2
            )
        SELECT DISTINCT substr(text, 1, 32), user FROM ends WHERE length(text) >= 2;
        """
}
