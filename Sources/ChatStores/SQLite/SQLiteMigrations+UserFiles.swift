extension SQLiteMigrations {
    // What is stored for each user: the files that their messages and media show. A reference knows whose it is (`user`; NULL for a thumbnail),
    // and the last one of a file removes it from the list.
    static let userFiles = """
        CREATE TABLE user_files (
            owner TEXT NOT NULL, object TEXT NOT NULL, kind TEXT NOT NULL, dialect TEXT, bytes INTEGER NOT NULL,
            created_at INTEGER NOT NULL, uses INTEGER NOT NULL,
            PRIMARY KEY (owner, object)
        ) WITHOUT ROWID;
        CREATE INDEX user_files_age ON user_files (owner, created_at, object);
        CREATE INDEX user_files_kind ON user_files (kind, created_at, object, owner);

        ALTER TABLE object_owners ADD COLUMN user TEXT;
        UPDATE object_owners SET user = (
            SELECT i.owner FROM media_items AS i
            WHERE i.id = substr(object_owners.owner, 7) AND json_extract(i.record, '$.key') = object_owners.object)
        WHERE owner LIKE 'media:%';
        UPDATE object_owners SET user = (
            SELECT m.sender FROM messages AS m, json_each(m.media) AS a
            WHERE m.number = CAST(substr(object_owners.owner, 9) AS INTEGER)
                AND json_extract(a.value, '$.key') = object_owners.object LIMIT 1)
        WHERE owner LIKE 'message:%';
        INSERT INTO user_files (owner, object, kind, dialect, bytes, created_at, uses)
        SELECT user, object, kind, dialect, coalesce(bytes, 0), min(created_at), count(DISTINCT reference) FROM (
            SELECT o.user, o.object, o.owner AS reference, json_extract(i.record, '$.kind') AS kind, i.dialect,
                json_extract(i.record, '$.fileSize') AS bytes, i.created_at
            FROM object_owners AS o JOIN media_items AS i ON i.id = substr(o.owner, 7)
            WHERE o.user IS NOT NULL AND o.owner LIKE 'media:%'
            UNION ALL
            SELECT o.user, o.object, o.owner, json_extract(a.value, '$.kind'), m.dialect,
                json_extract(a.value, '$.fileSize'), m.created_at
            FROM object_owners AS o JOIN messages AS m ON m.number = CAST(substr(o.owner, 9) AS INTEGER)
                JOIN json_each(m.media) AS a
            WHERE o.user IS NOT NULL AND o.owner LIKE 'message:%' AND json_extract(a.value, '$.key') = o.object)
        GROUP BY user, object;
        CREATE TRIGGER object_owners_user AFTER DELETE ON object_owners WHEN OLD.user IS NOT NULL BEGIN
            UPDATE user_files SET uses = uses - 1 WHERE owner = OLD.user AND object = OLD.object;
            DELETE FROM user_files WHERE owner = OLD.user AND object = OLD.object AND uses <= 0;
        END;

        CREATE INDEX media_items_dialect_age ON media_items (dialect, created_at, id);
        CREATE INDEX presigned_uploads_user ON presigned_uploads (owner);
        CREATE INDEX resumable_uploads_user ON resumable_uploads (owner);

        -- Of the originals that a job deletes.
        ALTER TABLE reprocess_items ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
        """
}
