import ChatBridge
import ChatDocuments
import Foundation
import JSON

/// The field `selfDestruct` of a message, as the reference's data model has it.
extension SelfDestruct {
    /// `{enabled, expiresAt?, destructAfterRead, destructTimer, destructAt?}`
    var document: BSONDocument {
        var document: BSONDocument = [
            "enabled": true, "destructAfterRead": .bool(timer != nil), "destructTimer": .int64(timer ?? 0),
        ]
        document.set("expiresAt", expiresAt.map(BSONValue.date))
        document.set("destructAt", destructAt.map(BSONValue.date))
        return document
    }

    /// What a document says; `nil` where it is not enabled.
    init?(document: BSONDocument) {
        guard document["enabled"]?.boolValue ?? false else { return nil }
        let isTimed = document["destructAfterRead"]?.boolValue ?? false
        let timer = isTimed ? document["destructTimer"]?.integerValue ?? 0 : nil
        self.init(
            timer: timer.map { min(max($0, 0), BananatalkLimits().maximumDestructTimer) },
            expiresAt: document["expiresAt"]?.timestamp, destructAt: document["destructAt"]?.timestamp)
    }
}

extension StoredMessage {
    /// The message for the field `darkroom`: what the field `selfDestruct` says is not repeated there, but for the date at which the
    /// message is due.
    var withoutSelfDestruct: StoredMessage {
        guard message.selfDestruct != nil else { return self }
        var stored = self
        stored.message.selfDestruct = nil
        return stored
    }
}
