import ChatBridge
import Foundation
import JSON

/// The name by which the members of a conversation see one of them.
struct ConversationNickname {
    /// The member who has the nickname.
    let user: String
    let nickname: String
    /// The member who set it.
    let setBy: String
    let setAt: Date

    init(user: String, nickname: String, setBy: String, setAt: Date) {
        (self.user, self.nickname, self.setBy, self.setAt) = (user, nickname, setBy, setAt)
    }

    /// A nickname in the settings of a conversation; `nil` where it is not valid.
    init?(_ setting: JSONValue) {
        guard let user = setting["user"]?.stringValue, let nickname = setting["nickname"]?.stringValue else {
            return nil
        }
        self.init(
            user: user, nickname: nickname, setBy: setting["setBy"]?.stringValue ?? user,
            setAt: setting["setAt"]?.stringValue.flatMap(Timestamp.date) ?? Date(milliseconds: 0))
    }

    /// `{user, nickname, setBy, setAt}`
    var json: JSONValue {
        [
            "user": .string(user), "nickname": .string(nickname), "setBy": .string(setBy),
            "setAt": .string(Timestamp.milliseconds(setAt)),
        ]
    }
}

extension Conversation {
    /// The nicknames of the members: at most one of each, the one that was set last.
    var nicknames: [ConversationNickname] {
        get { settings["nicknames"]?.arrayValue?.compactMap(ConversationNickname.init) ?? [] }
        set { setSetting("nicknames", .array(newValue.map(\.json))) }
    }

    /// Sets or, with an empty text, removes the nickname of a member.
    mutating func setNickname(_ nickname: String, of user: String, by member: String, at date: Date) {
        var nicknames = nicknames
        let index = nicknames.firstIndex { $0.user == user }
        let entry = ConversationNickname(user: user, nickname: nickname, setBy: member, setAt: date)
        switch (index, nickname.isEmpty) {
        case (let index?, true): nicknames.remove(at: index)
        case (let index?, false): nicknames[index] = entry
        case (nil, true): return
        case (nil, false): nicknames.append(entry)
        }
        self.nicknames = nicknames
    }
}
