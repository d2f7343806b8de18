/// Removes comments and metadata of applications from a GIF (GIF89a, CompuServe 1990). What follows the trailer is dropped.
struct GIFMetadataSteps: FilterSteps {
    private static let comment: UInt8 = 0xFE
    private static let application: UInt8 = 0xFF
    /// Loops (Netscape, AnimExts) and the colour profile.
    private static let applications: Set = ["NETSCAPE2.0", "ANIMEXTS1.0", "ICCRGBG1012"]

    private enum State {
        case screen, table, block
        case extensionLabel
        /// The length and the name of an application, behind the first bytes of its extension.
        case applicationLength([UInt8])
        case application([UInt8])
        case imageDescriptor, imageData
        /// Blocks of data.
        case data(isKept: Bool), dataLength(isKept: Bool)
        case ended
    }

    let removesAll: Bool
    private var state = State.screen
    private(set) var isClean = true

    init(_ removal: MetadataRemoval) { removesAll = removal == .all }

    mutating func next(_ bytes: [UInt8], _ output: inout FilterOutput) -> FilterStep {
        switch state {
        case .screen:
            state = .table
            return .collect(13)
        case .table:
            output.keep(bytes)
            state = .block
            return Self.table(bytes[10])
        case .block where bytes.isEmpty: return .collect(1)
        case .block: return block(bytes, &output)
        case .extensionLabel: return label(bytes[0], &output)
        case .applicationLength(let head):
            guard bytes[0] == 11 else {
                // Another form than the specification's: dropped.
                state = .data(isKept: false)
                return .drop(Int(bytes[0]))
            }
            state = .application(head + bytes)
            return .collect(11)
        case .application(let head):
            let isKept = Self.applications.contains(String(decoding: bytes, as: UTF8.self))
            if isKept { output.write(head + bytes) }
            state = .data(isKept: isKept)
            return .pass(0)
        case .imageDescriptor:
            output.keep(bytes)
            state = .imageData
            return Self.table(bytes[8])
        case .imageData:
            state = .data(isKept: true)
            return .pass(1)
        case .data(let isKept):
            state = .dataLength(isKept: isKept)
            return .collect(1)
        case .dataLength(let isKept):
            if isKept { output.keep(bytes) }
            state = bytes[0] == 0 ? .block : .data(isKept: isKept)
            return isKept ? .pass(Int(bytes[0])) : .drop(Int(bytes[0]))
        case .ended: return .drop(.max)
        }
    }

    private mutating func block(_ bytes: [UInt8], _ output: inout FilterOutput) -> FilterStep {
        switch bytes[0] {
        case 0x2C:
            output.keep(bytes)
            state = .imageDescriptor
            return .collect(9)
        case 0x21:
            state = .extensionLabel
            return .collect(1)
        case 0x3B:
            output.keep(bytes)
            state = .ended
            return .drop(.max)
        default:
            // Not a block: what follows is not understood.
            output.keep(bytes)
            isClean = false
            return .pass(.max)
        }
    }

    private mutating func label(_ label: UInt8, _ output: inout FilterOutput) -> FilterStep {
        switch label {
        case Self.application:
            state = .applicationLength([0x21, label])
            return .collect(1)
        case Self.comment where removesAll: state = .data(isKept: false)
        default:
            output.write([0x21, label])
            state = .data(isKept: true)
        }
        return .pass(0)
    }

    /// A colour table, as the packed fields of its descriptor announce it.
    private static func table(_ fields: UInt8) -> FilterStep {
        .pass(fields & 0x80 == 0 ? 0 : 3 << (Int(fields & 7) + 1))
    }
}
