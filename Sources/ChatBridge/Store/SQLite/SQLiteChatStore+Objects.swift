public import Foundation

/// Who shows an object.
enum ObjectHolder {
    case message(Int)
    case media(String)

    var value: SQLiteValue {
        switch self {
        case .message(let number): .text("message:\(number)")
        case .media(let id): .text("media:\(id)")
        }
    }
}

extension SQLiteChatStore {
    /// See ``ObjectLedger``.
    public func reserve(objects: [String]) throws {
        try transact(durable: false) { for object in objects { try intend(object, at: now()) } }
    }

    /// See ``ObjectLedger``.
    public func doom(objects: [String]) throws {
        try transact {
            try objects.forEach(giveUp)
        }
    }

    /// See ``ObjectLedger``.
    public func doomedObjects(limit: Int) throws -> [String] {
        try translate {
            try connection.rows("SELECT object FROM doomed_objects LIMIT ?", [.integer(limit)]) { $0.text(0) }
        }
    }

    /// See ``ObjectLedger``.
    public func forget(objects: [String]) throws {
        try transact(durable: false) {
            for object in objects {
                try connection.run("DELETE FROM doomed_objects WHERE object = ?", [.text(object)])
                try connection.run("DELETE FROM object_intents WHERE object = ?", [.text(object)])
            }
        }
    }

    /// See ``ObjectLedger``.
    public func abandonedObjects(olderThan date: Date) throws -> [String] {
        try translate {
            try connection.rows(
                """
                SELECT object FROM object_intents AS intent
                WHERE created_at < ? AND NOT EXISTS (SELECT 1 FROM object_holders WHERE object = intent.object)
                """, [.integer(date.milliseconds)]
            ) { $0.text(0) }
        }
    }

    /// Notes that `object` will be shown, or is to be swept when it has not been for long enough after `date`.
    func intend(_ object: String, at date: Date) throws {
        try connection.run(
            "INSERT OR IGNORE INTO object_intents (object, created_at) VALUES (?, ?)",
            [.text(object), .integer(date.milliseconds)])
    }

    /// Notes that `holder` shows `objects`, whose intents are fulfilled.
    func hold(_ objects: [String], holder: ObjectHolder) throws {
        for object in objects {
            try connection.run(
                "INSERT OR IGNORE INTO object_holders (object, holder) VALUES (?, ?)", [.text(object), holder.value])
            try connection.run("DELETE FROM object_intents WHERE object = ?", [.text(object)])
        }
    }

    /// Whether something shows `object`.
    func isHeld(_ object: String) throws -> Bool {
        try connection.first("SELECT 1 FROM object_holders WHERE object = ?", [.text(object)]) { _ in true } ?? false
    }

    /// Notes that `holder` shows nothing any more. Returns the objects that nobody shows now; they are doomed.
    func release(holder: ObjectHolder) throws -> [String] {
        let objects = try connection.rows("SELECT object FROM object_holders WHERE holder = ?", [holder.value]) {
            $0.text(0)
        }
        try connection.run("DELETE FROM object_holders WHERE holder = ?", [holder.value])
        return try objects.filter { try doomUnlessHeld($0) }
    }

    /// Dooms an object that was reserved, unless something shows it.
    func giveUp(_ object: String) throws {
        try connection.run("DELETE FROM object_intents WHERE object = ?", [.text(object)])
        try doomUnlessHeld(object)
    }

    /// Notes that nobody shows `objects` any more, and dooms them.
    func release(objects: [String]) throws {
        for object in objects {
            try connection.run("DELETE FROM object_holders WHERE object = ?", [.text(object)])
            try doomUnlessHeld(object)
        }
    }

    @discardableResult
    func doomUnlessHeld(_ object: String) throws -> Bool {
        guard try !isHeld(object) else { return false }
        try connection.run("INSERT OR IGNORE INTO doomed_objects (object) VALUES (?)", [.text(object)])
        return true
    }
}
