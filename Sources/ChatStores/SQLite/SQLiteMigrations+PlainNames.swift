import ChatBridge

extension SQLiteMigrations {
    // Tables, columns and indexes are called what the code calls them.
    static let plainNames = """
        ALTER TABLE doomed_objects RENAME TO pending_deletions;
        ALTER TABLE object_intents RENAME TO pending_objects;
        ALTER TABLE object_holders RENAME TO object_owners;
        ALTER TABLE object_owners RENAME COLUMN holder TO owner;
        ALTER TABLE upload_tickets RENAME TO presigned_uploads;
        ALTER TABLE owned_media RENAME TO media_items;

        DROP INDEX object_holders_holder;
        CREATE INDEX object_owners_owner ON object_owners (owner);
        DROP INDEX object_intents_age;
        CREATE INDEX pending_objects_age ON pending_objects (start, keep_until, since);
        DROP INDEX object_intents_unused;
        CREATE INDEX pending_objects_unused ON pending_objects (start, unused_after) WHERE unused_after IS NOT NULL;
        DROP INDEX upload_tickets_owner;
        CREATE INDEX presigned_uploads_owner ON presigned_uploads (dialect, owner);
        DROP INDEX upload_tickets_object;
        CREATE INDEX presigned_uploads_object ON presigned_uploads (object);
        DROP INDEX upload_tickets_expires;
        CREATE INDEX presigned_uploads_expires ON presigned_uploads (expires);
        DROP INDEX owned_media_waiting;
        CREATE INDEX media_items_waiting ON media_items (start, since) WHERE waits = 1;
        DROP TRIGGER object_holders_message;
        CREATE TRIGGER object_owners_message AFTER DELETE ON object_owners WHEN OLD.owner LIKE 'message:%' BEGIN
            UPDATE media_items SET waits = 1 WHERE id IN (
                SELECT substr(owner, 7) FROM object_owners WHERE object = OLD.object AND owner LIKE 'media:%');
        END;
        """
}
