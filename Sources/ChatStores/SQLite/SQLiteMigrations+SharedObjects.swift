extension SQLiteMigrations {
    // Which objects are interchangeable, and the stored object that an upload is to reference in place of the one that it reserved.
    static let sharedObjects = """
        CREATE TABLE object_contents (object TEXT PRIMARY KEY, fingerprint TEXT NOT NULL) WITHOUT ROWID;
        CREATE INDEX object_contents_fingerprint ON object_contents (fingerprint);
        ALTER TABLE pending_objects ADD COLUMN shares TEXT;
        CREATE INDEX pending_objects_shares ON pending_objects (shares) WHERE shares IS NOT NULL;
        """
}
