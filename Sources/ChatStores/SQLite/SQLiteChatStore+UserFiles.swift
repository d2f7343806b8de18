public import ChatBridge
public import Foundation
import MediaModel

extension SQLiteChatStore {
    /// See ``UserFileStore``.
    public func userFiles(
        of owner: String, matching filter: MediaFilter, after position: MediaPosition?, limit: Int
    ) throws -> [UserFile] {
        let end = position?.createdAt.milliseconds
        let latest = min(filter.before.map { $0.milliseconds - 1 } ?? Int.max, end ?? Int.max)
        return try translate {
            try connection.rows(
                Self.listedUserFiles,
                [
                    .text(owner), SQLiteValue(filter.kind?.rawValue), SQLiteValue(filter.dialect?.rawValue),
                    .integer(filter.since?.milliseconds ?? Int.min), .integer(latest), SQLiteValue(end),
                    SQLiteValue(position?.id), .integer(max(limit, 0)),
                ], Self.userFile)
        }
    }

    /// The files of the owner `?1`, the newest first: of the kind `?2` and the dialect `?3` where these are given, from `?4` to `?5`, behind
    /// the file `?7` of the time `?6`.
    static let listedUserFiles = """
        SELECT owner, object, kind, dialect, bytes, created_at, uses FROM user_files
        WHERE owner = ?1 AND created_at BETWEEN ?4 AND ?5 AND (?6 IS NULL OR created_at < ?6 OR object < ?7)
            AND (?2 IS NULL OR kind = ?2) AND (?3 IS NULL OR coalesce(dialect, 'native') = ?3)
        ORDER BY created_at DESC, object DESC LIMIT ?8
        """

    /// See ``UserFileStore``.
    public func mediaUsage(of user: String) throws -> MediaUsage {
        try translate {
            try connection.first(Self.usageOfUser, [.text(user)]) {
                MediaUsage(items: $0.integer(0), bytes: $0.integer(1))
            } ?? MediaUsage()
        }
    }

    static let usageOfUser = "SELECT count(*), coalesce(sum(bytes), 0) FROM user_files WHERE owner = ?"

    /// See ``UserFileStore``.
    public func uses(of key: String, by user: String) throws -> [FileUse] {
        try translate {
            let owners = try connection.rows(Self.usesOfFile, [.text(key), .text(user)]) {
                ObjectOwner(stored: $0.text(0))
            }
            return try owners.flatMap { owner -> [FileUse] in
                switch owner {
                case .message(let number): try messages(where: "m.number = ?1", [.integer(number)]).map(FileUse.message)
                case .media(let id): [.media(id)]
                case nil: []
                }
            }
        }
    }

    static let usesOfFile = "SELECT owner FROM object_owners WHERE object = ? AND user = ?"

    /// See ``UserFileStore``.
    public func uploadsInProgress(of user: String) throws -> [String] {
        try translate {
            let direct = try connection.rows(Self.directUploadsOfUser, [.text(user)]) { $0.text(0) }
            return direct + (try connection.rows(Self.resumableUploadsOfUser, [.text(user)]) { $0.text(0) })
        }
    }

    static let directUploadsOfUser = "SELECT object FROM presigned_uploads WHERE owner = ?"
    static let resumableUploadsOfUser =
        "SELECT json_extract(content, '$.key') FROM resumable_uploads WHERE owner = ?"

    /// What a job deletes that deletes a user: first the user and their uploads in progress, then their files.
    func stored(for user: String, after cursor: SelectionCursor?, limit: Int) throws -> Selection {
        guard case .object(let last) = cursor else {
            let uploads = try uploadsInProgress(of: user)
            return Selection(objects: [MediaJobRequest.userItem(user)] + uploads, next: .object(""))
        }
        let files = try connection.rows(
            Self.userFilesByKey, [.text(user), .text(last), .integer(max(limit, 0))], Self.userFile)
        return Selection(files: files, isLast: files.count < limit)
    }

    /// What a job deletes that deletes expired files.
    func expired(_ expiries: [MediaJobRequest.Expiry], after cursor: SelectionCursor?, limit: Int) throws -> Selection {
        try Selection(of: expiries, after: cursor, limit: limit) { expiry, position, limit in
            try connection.rows(
                Self.expiredFiles,
                [
                    .text(expiry.kind.rawValue), .integer(expiry.before.milliseconds), .integer(position.milliseconds),
                    .text(position.last.key), .text(position.last.owner), .integer(max(limit, 0)),
                ], Self.userFile)
        }
    }

    static let expiredFiles = """
        SELECT owner, object, kind, dialect, bytes, created_at, uses FROM user_files
        WHERE kind = ?1 AND created_at < ?2 AND (created_at, object, owner) > (?3, ?4, ?5)
        ORDER BY created_at, object, owner LIMIT ?6
        """

    /// See ``UserFileStore``.
    public func removeFile(_ key: String, from message: String, in dialect: Dialect, at date: Date) throws -> Bool {
        try transact {
            let row = try connection.first(
                "SELECT number FROM messages WHERE dialect = ? AND id = ?", [.text(dialect.rawValue), .text(message)]
            ) { $0.integer(0) }
            guard let row, let shown = try messages(where: "m.number = ?1", [.integer(row)]).first else { return false }
            guard let removed = shown.attachments.first(where: { $0.key == key }) else { return false }
            try eraseAnswers(about: .message(message, dialect))
            try replaceAttachments(of: shown, number: row, by: shown.attachments.filter { $0.key != key })
            try connection.run(
                "UPDATE messages SET updated_at = ?2 WHERE number = ?1", [.integer(row), .integer(date.milliseconds)])
            try writeWebhooks(at: date) { [.removed(removed, from: shown, at: date)] }
            return true
        }
    }

    static let userFilesByKey = """
        SELECT owner, object, kind, dialect, bytes, created_at, uses FROM user_files
        WHERE owner = ?1 AND object > ?2 ORDER BY object LIMIT ?3
        """

    /// Counts a new reference as one of its user's.
    func addUserFile(_ original: MediaRecord, of origin: FileOrigin) throws {
        try connection.run(
            """
            INSERT INTO user_files (owner, object, kind, dialect, bytes, created_at, uses) VALUES (?, ?, ?, ?, ?, ?, 1)
            ON CONFLICT DO UPDATE SET uses = uses + 1
            """,
            [
                .text(origin.user), .text(original.key), .text(original.kind.rawValue),
                SQLiteValue(origin.dialect?.rawValue), .integer(original.fileSize), .integer(origin.date.milliseconds),
            ])
    }

    /// Whose files an owner of references shows; `nil` where there is no such owner.
    func origin(of owner: ObjectOwner) throws -> FileOrigin? {
        switch owner {
        case .message(let number): try messages(where: "m.number = ?1", [.integer(number)]).first.map(FileOrigin.init)
        case .media(let id): try media(id).map(FileOrigin.init)
        }
    }

    static func userFile(_ row: SQLiteStatement) -> UserFile {
        UserFile(
            key: row.text(1), owner: row.user(0), kind: MediaKind(rawValue: row.text(2)) ?? .document,
            dialect: row.optionalText(3).map(Dialect.init(rawValue:)), bytes: row.integer(4),
            createdAt: Date(milliseconds: row.integer(5)), uses: row.integer(6))
    }
}
