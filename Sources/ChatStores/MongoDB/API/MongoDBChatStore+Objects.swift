public import ChatBridge

extension MongoDBChatStore {
    /// See ``ObjectReferences``.
    public func reserve(objects: [String]) async throws {
        try await transact { transaction in for object in objects { try transaction.reserve(object) } }
    }

    /// See ``ObjectReferences``.
    public func reserve(_ drafts: [ObjectDraft]) async throws -> [String: String] {
        try await transact { try $0.reserve(drafts) }
    }

    /// See ``ObjectReferences``.
    public func endReservations(of objects: [String]) async throws {
        try await transact { transaction in for object in objects { try transaction.endReservation(of: object) } }
    }

    /// See ``ObjectReferences``.
    public func setFingerprints(of objects: [ObjectDraft]) async throws {
        try await transact { try $0.setFingerprints(of: objects) }
    }

    /// See ``ObjectReferences``.
    public func isReserved(_ object: String) async throws -> Bool { try await read { try $0.isReserved(object) } }

    /// See ``ObjectReferences``.
    public func markForDeletion(objects: [String]) async throws {
        try await transact { transaction in try objects.forEach(transaction.cancelReservation) }
    }

    /// See ``ObjectReferences``.
    public func pendingDeletions(limit: Int) async throws -> [String] {
        try await read { try $0.pendingDeletions(limit: limit) }
    }

    /// See ``ObjectReferences``.
    public func claimPendingDeletions(limit: Int) async throws -> [PendingDeletion] {
        guard try await read({ try $0.hasDeletions() }) else { return [] }
        return try await transact { try $0.claimPendingDeletions(limit: limit) }
    }

    /// See ``ObjectReferences``.
    public func release(objects: [String]) async throws { try await transact { try $0.release(objects: objects) } }

    /// See ``ObjectReferences``.
    public func nextRecheck() async throws -> Duration? { try await read { try $0.nextRecheck() } }

    /// See ``ObjectReferences``.
    public func abandonedObjects(reservedFor age: Duration?) async throws -> [String] {
        try await read { try $0.abandonedObjects(reservedFor: age) }
    }

    /// See ``ObjectReferences``.
    public func markAbandonedObjectsForDeletion(reservedFor age: Duration?) async throws -> [String] {
        // Mostly there is none, and no transaction is needed.
        guard try await read({ try $0.hasAbandonedObjects(reservedFor: age) }) else { return [] }
        return try await transact { try $0.markAbandonedObjectsForDeletion(reservedFor: age) }
    }

    /// See ``ObjectReferences``.
    public func uncheckedUploads(limit: Int) async throws -> [String] {
        try await read { try $0.uncheckedUploads(limit: limit) }
    }

    /// See ``ObjectReferences``.
    public func retainUploads(_ objects: [String]) async throws {
        try await transact { try $0.retainUploads(objects) }
    }

    /// See ``ObjectReferences``.
    public func markLateUploadsForDeletion(limit: Int) async throws -> Int {
        guard try await read({ try $0.hasLateUploads() }) else { return 0 }
        return try await transact { try $0.markLateUploadsForDeletion(limit: limit) }
    }
}
