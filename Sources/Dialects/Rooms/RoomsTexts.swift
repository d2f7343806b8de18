import ChatBridge

/// The texts of the dialect, in Thai as in its reference: of successes, refusals, and messages of the service itself.
public enum RoomsTexts {
    // Success messages.
    static let created = "สร้างห้องแชทสำเร็จ"
    static let joined = "เข้าร่วมห้องแชทสำเร็จ"
    static let left = "ออกจากห้องแชทสำเร็จ"
    static let settingsUpdated = "อัพเดทการตั้งค่าห้องแชทสำเร็จ"
    static let sent = "ส่งข้อความสำเร็จ"
    static let mediaSent = "ส่งไฟล์สื่อสำเร็จ"
    static let edited = "แก้ไขข้อความสำเร็จ"
    static let deleted = "ลบข้อความสำเร็จ"
    static let reacted = "เพิ่ม Reaction สำเร็จ"
    static let unreacted = "ลบ Reaction สำเร็จ"
    static let forwarded = "ส่งต่อข้อความสำเร็จ"
    static let read = "อัพเดทสถานะการอ่านสำเร็จ"
    static let stickerSent = "ส่ง Sticker สำเร็จ"
    static let stickerSetDownloaded = "ดาวน์โหลด Sticker Set สำเร็จ"
    static let stickerSetSaved = "บันทึก Sticker Set สำเร็จ"
    static let stickerSetDeleted = "ลบ Sticker Set สำเร็จ"
    static let stickerSaved = "บันทึก Sticker สำเร็จ"
    static let stickerDeleted = "ลบ Sticker สำเร็จ"

    // Error messages.
    static let nameRequired = "กรุณาระบุชื่อห้องแชท (name)"
    static let typeOfRoom = "type ของห้องแชทต้องเป็น private หรือ group"
    static let activityRequired = "กรุณาระบุ activityId สำหรับห้องแชทแบบ group"
    static let participantsInvalid = "participants ต้องเป็น Array ของ User IDs"
    static let noOtherParticipant = "ห้องแชทแบบ private ต้องมีผู้เข้าร่วมคนอื่นอย่างน้อยหนึ่งคน"
    static let roomFull = "ห้องแชทมีผู้เข้าร่วมครบจำนวนแล้ว"
    static let notInvited = "ไม่มีสิทธิ์เข้าร่วมห้องแชทนี้"
    static let adminsOnly = "เฉพาะผู้ดูแลห้องแชทเท่านั้นที่อัพเดทการตั้งค่าได้"
    static let settingsInvalid = "ข้อมูลการตั้งค่าห้องแชทไม่ถูกต้อง"
    static let mediaNotAllowed = "ห้องแชทนี้ไม่อนุญาตให้ส่งไฟล์สื่อ"
    static let reactionsNotAllowed = "ห้องแชทนี้ไม่อนุญาตให้เพิ่ม Reaction"
    static let stickersNotAllowed = "ห้องแชทนี้ไม่อนุญาตให้ส่ง Sticker"
    static let stickerType = "stickerType ต้องเป็น static, animated หรือ interactive"
    static let stickerTags = "tags ไม่ถูกต้องหรือมีมากเกินไป"
    static let stickerMetadata = "metadata ต้องเป็น object ที่มีขนาดไม่เกินกำหนด"
    static let systemMessage = "ข้อความของระบบแก้ไข ลบ หรือส่งต่อไม่ได้"
    static let textOnly = "ส่งได้เฉพาะข้อความ type: text ไฟล์สื่อให้ส่งที่ messages/media"
    static let typeOfMedia = "type ต้องเป็น image, video, audio หรือ file"
    static let deleteFor = "deleteFor ต้องเป็น sender หรือ everyone"
    static let reactionType = "reactionType ต้องเป็น like, love, haha, wow, sad หรือ angry"
    static let roomsRequired = "กรุณาระบุ chatRoomIds ที่จะส่งต่อ"
    static let roomNamedTwice = "chatRoomIds มีห้องแชทซ้ำกัน"
    static let before = "before ต้องเป็นวันเวลาแบบ ISO 8601"
    static let notAnnounceable = "ประกาศได้เฉพาะข้อความของตนเองที่อยู่ในห้องแชทนี้"
    static let status = "status ต้องเป็น online, away, busy หรือ invisible"
    static let tooManyRequests = "ส่งคำขอมากเกินไป กรุณาลองใหม่ภายหลัง"
    static let tooManyRooms = "เข้าร่วมห้องแชทพร้อมกันมากเกินไป"

    /// The system message about a user who has joined a room.
    static func hasJoined(_ name: String) -> String { "\(name) เข้าร่วมห้องแชท" }
    /// The system message about a user who has left a room.
    static func hasLeft(_ name: String) -> String { "\(name) ออกจากห้องแชท" }

    // Messages sent over connections.
    static let authenticated = "ยืนยันตัวตนสำเร็จ"
    static let tokenRejected = "token ไม่ถูกต้องหรือหมดอายุ"
    static let wrongUser = "userId ไม่ตรงกับ token"
    static let authenticateFirst = "กรุณา authenticate ก่อน"
    static let authenticationLate = "ไม่ได้ authenticate ภายในเวลาที่กำหนด"
    static let tokenExpired = "token หมดอายุแล้ว กรุณา authenticate ใหม่"
    static let tooManyDevices = "เชื่อมต่อจากอุปกรณ์มากเกินไป"

    /// A required field is missing.
    static func required(_ field: String) -> String { "กรุณาระบุ \(field)" }
    /// The field must be a string.
    static func text(_ field: String) -> String { "\(field) ต้องเป็นข้อความ" }
    /// The field is too long.
    static func tooLong(_ field: String, bytes: Int) -> String { "\(field) ยาวเกิน \(bytes) ไบต์" }
    /// The field has characters that are not accepted, or is no ID.
    static func invalid(_ field: String) -> String { "\(field) ไม่ถูกต้อง" }
    /// A file exceeds the size limit.
    public static func fileTooLarge(bytes: Int) -> String { "ไฟล์มีขนาดเกิน \(bytes >> 20) MB" }
    /// A file is not of the declared type.
    public static func wrongType(_ type: String) -> String { "ไฟล์ไม่ใช่ประเภท \(type)" }
    /// A file is damaged or of an unsupported type.
    public static let fileUnusable = "ไฟล์เสียหายหรือเป็นประเภทที่ไม่รองรับ"

    // The meanings of the statuses, where an error has no message in Thai of its own.
    static let unauthorized = "ไม่ได้ authenticate"
    static let forbidden = "ไม่มีสิทธิ์เข้าถึง"
    static let notFound = "ไม่พบข้อมูลที่ต้องการ"
    static let badRequest = "ข้อมูลที่ส่งมาไม่ถูกต้อง"
    static let internalError = "ข้อผิดพลาดของเซิร์ฟเวอร์"

    /// The error messages of the shared chat core.
    static var chat: RefusalMessages {
        var refusals = RefusalMessages()
        refusals.noMessage = "ไม่พบข้อความ"
        refusals.noConversation = "ไม่พบห้องแชท"
        refusals.noMedia = "ไม่พบไฟล์"
        refusals.notMember = "ไม่มีสิทธิ์เข้าถึงห้องแชทนี้"
        refusals.notYourMessage = "ไม่มีสิทธิ์เข้าถึงข้อความนี้"
        refusals.onlySenderDeletes = "ลบได้เฉพาะข้อความของตนเอง"
        refusals.onlySenderEdits = "แก้ไขได้เฉพาะข้อความของตนเอง"
        refusals.empty = "กรุณาระบุเนื้อหาข้อความ (content)"
        refusals.noStickerSet = "ไม่พบ Sticker Set"
        refusals.noSticker = "ไม่พบ Sticker"
        refusals.noRepliedMessage = "ไม่พบข้อความที่จะตอบกลับในห้องแชทนี้"
        return refusals
    }
}
