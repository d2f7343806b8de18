import ChatBridge
import JSON
import Logging
import MediaAPI
import Realtime

/// The statuses that users can select.
package enum RoomsStatus {
    /// Connected, but shown as offline to other users.
    static let invisible = "invisible"
    /// All statuses.
    static let all: Set<String> = ["online", "away", "busy", invisible]
}

extension RoomsSockets {
    /// The status of a user that others see; `nil` for a user who is offline or invisible.
    private func visibleStatus(of user: String) -> String? {
        let status = presence.status(of: user)
        guard status.isOnline, status.selected != RoomsStatus.invisible else { return nil }
        return status.selected ?? "online"
    }

    /// Handles `update_status {status}`: the user's own devices receive the selected status, other users the visible
    /// one.
    func updateStatus(
        _ data: JSONValue, on socket: SocketIOSocket, of caller: ChatCaller
    ) async throws -> JSONValue {
        guard let status = try service.text(data, "status"), RoomsStatus.all.contains(status) else {
            throw ChatError(.invalidRequest, RoomsTexts.status)
        }
        let before = visibleStatus(of: caller.id)
        presence.setStatus(status, for: caller.id)
        let response = RoomsEnvelope.success(nil, ["userId": .string(caller.id), "status": .string(status)])
        guard socket.admitsEphemeralEvent() else { return response }
        let change: JSONValue = ["userId": .string(caller.id), "status": .string(status)]
        hub.emit("user_status_updated", [change], to: [UserRoom.name(caller.id)])
        switch (before, visibleStatus(of: caller.id)) {
        case (_?, nil): await notifyContacts(of: caller.id, "user_offline")
        case (nil, let now?):
            await notifyContacts(of: caller.id, "user_online")
            await notifyContacts(of: caller.id, "user_status_updated", ["status": .string(now)])
        case (_, let now?): await notifyContacts(of: caller.id, "user_status_updated", ["status": .string(now)])
        case (nil, nil): break
        }
        return response
    }

    /// Answers `get_online_users` by `online_users [{userId, status}]` with the users who share a room with the caller.
    func onlineUsers(for caller: ChatCaller, _ socket: SocketIOSocket) async throws -> JSONValue {
        let limit = service.limits.maximumContacts
        let contacts = try await service.chat.contacts(of: caller.id, limit: limit)
        let users = contacts.sorted().compactMap { user -> JSONValue? in
            visibleStatus(of: user).map { ["userId": .string(user), "status": .string($0)] }
        }
        socket.emit("online_users", [.array(users)])
        return RoomsEnvelope.success(nil, ["users": .array(users)])
    }

    /// Sends an event about a user to the sockets of the users who share a room with them.
    /// - Parameter isOnline: whether the user must be online or offline when it is sent; `nil` for either.
    func notifyContacts(
        of user: String, _ event: String, _ members: JSONObject = [:], whileOnline isOnline: Bool? = nil
    ) async {
        var payload = members
        payload["userId"] = .string(user)
        do {
            let contacts = try await service.chat.contacts(of: user, limit: service.limits.maximumContacts)
            let rooms = Set(contacts.map(UserRoom.name))
            presence.announce(user, whileOnline: isOnline) { hub.emit(event, [.object(payload)], to: rooms) }
        } catch {
            logger.warning("contacts not notified of presence", ["event": event, "error": "\(error)"])
        }
    }
}
