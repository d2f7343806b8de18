public import ChatBridge

// Who has which items of jobs.
extension SQLiteChatStore {
    /// See ``MediaJobStore``.
    public func requeueLostItems(of job: String, by runner: String) throws -> Int? {
        try transact {
            guard let row = try held(job, by: runner) else { return nil }
            return try requeueItems(of: row) { !start.isLive($0.holderStart) }
        }
    }

    /// See ``MediaJobStore``.
    public func begin(_ item: Int, of job: String, by holder: String, isTakeover: Bool) throws -> MediaJobBegin {
        try transact(durable: false) {
            guard let row = try jobRow(job), row.job.state == .running, let item = try itemRow(item, of: row) else {
                return .ended
            }
            if item.state == .running {
                guard isTakeover || !start.isLive(item.holderStart) else { return .held }
                if let reserved = item.reserved { try cancelReservation(reserved) }
            }
            guard !item.state.isEnd else { return .ended }
            return .begun(try begin(item, of: row, by: holder), row.job.request)
        }
    }

    func begin(_ item: MediaJobItemRow, of row: MediaJobRow, by holder: String) throws -> MediaJobItem {
        try connection.run(
            """
            UPDATE reprocess_items SET state = 'running', attempts = attempts + 1, holder = ?2, holder_start = ?3,
                reserved = NULL
            WHERE number = ?1
            """, [.integer(item.number), .text(holder), .integer(start.number)])
        return MediaJobItem(
            number: item.number, object: item.object, attempts: item.attempts + 1, job: row.job.id, holder: holder)
    }

    /// See ``MediaJobStore``.
    public func heldItems(among items: [Int], by holder: String) throws -> Set<Int> {
        try translate {
            Set(
                try connection.rows(
                    """
                    SELECT number FROM reprocess_items
                    WHERE number IN (SELECT value FROM json_each(?)) AND state = 'running' AND holder = ?
                    """, [.text(try StoredJSON.text(items)), .text(holder)]
                ) { $0.integer(0) })
        }
    }

    /// See ``MediaJobStore``.
    public func reserve(_ object: String, for item: MediaJobItem) throws {
        try transact(durable: false) {
            guard try isHeld(item) else { throw ChatError(.reservationReleased(key: object)) }
            try reserve(object)
            try connection.run(
                "UPDATE reprocess_items SET reserved = ? WHERE number = ?", [.text(object), .integer(item.number)])
        }
    }

    /// Makes the items wait again that `runner` holds, or a process that has ended.
    func requeueItems(of row: MediaJobRow, heldBy runner: String?) throws {
        try requeueItems(of: row) { $0.holder == runner || !start.isLive($0.holderStart) }
    }

    /// Makes those running items wait again that `condition` selects, and marks the objects that were reserved for them for
    /// deletion. Returns how many there were.
    @discardableResult
    func requeueItems(of row: MediaJobRow, where condition: (MediaJobItemRow) -> Bool) throws -> Int {
        let items = try itemRows(where: "job = ? AND state = 'running'", [.integer(row.number)]).filter(condition)
        for item in items { try requeue(item) }
        return items.count
    }

    private func requeue(_ item: MediaJobItemRow) throws {
        if let reserved = item.reserved { try cancelReservation(reserved) }
        try connection.run(
            "UPDATE reprocess_items SET state = 'waiting', holder = NULL, reserved = NULL WHERE number = ?",
            [.integer(item.number)])
    }

    /// Whether `item` is still its holder's.
    func isHeld(_ item: MediaJobItem) throws -> Bool {
        guard let row = try jobRow(item.job), row.job.state == .running, let stored = try itemRow(item.number, of: row)
        else { return false }
        return stored.state == .running && stored.holder == item.holder && stored.attempts == item.attempts
    }

    func itemRow(_ number: Int, of row: MediaJobRow) throws -> MediaJobItemRow? {
        try itemRows(where: "number = ? AND job = ?", [.integer(number), .integer(row.number)]).first
    }

    private func itemRows(where condition: String, _ values: [SQLiteValue]) throws -> [MediaJobItemRow] {
        try connection.rows(
            """
            SELECT number, object, state, attempts, holder, holder_start, reserved FROM reprocess_items
            WHERE \(condition)
            """, values
        ) {
            MediaJobItemRow(
                number: $0.integer(0), object: $0.text(1), state: MediaJobItem.State(rawValue: $0.text(2)) ?? .waiting,
                attempts: $0.integer(3), holder: $0.optionalText(4), holderStart: $0.integer(5),
                reserved: $0.optionalText(6))
        }
    }
}
