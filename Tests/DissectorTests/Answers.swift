import Dissector
import Foundation
import Insight
import Keys
import Output
import Testing

/// What questions answer of frames: the objects of `--json`, by the names of the questions.
func answers(
    _ questions: [QuestionName], _ packets: [Packet], keys: KeyLog? = nil, ports: Set<UInt16> = []
) throws -> [String: [String: Any]] {
    var options = PipelineOptions()
    let inquiry = Inquiry(questions)
    options.inquiry = inquiry
    options.observation = .connections
    options.keys = keys
    options.ports = ports
    Pipeline.declareFields()
    var pipeline = Pipeline(options, writer: nil)
    try pipeline.receive(packets)
    pipeline.finish()
    let folder = try Folder()
    let path = folder("answers")
    let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL, 0o600)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    let output = ByteOutput(descriptor: descriptor)
    inquiry.answer(questions, pipeline.facts, as: .json, to: output)
    output.flush()
    var answers: [String: [String: Any]] = [:]
    for line in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n") {
        let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        answers[object["statistic"] as? String ?? ""] = object
    }
    return answers
}

/// The rows of one of them.
func rows(_ question: QuestionName, _ packets: [Packet], ports: Set<UInt16> = []) throws -> [[String: Any]] {
    try answers([question], packets, ports: ports)[question.rawValue]?["rows"] as? [[String: Any]] ?? []
}
