-- Sends the headers in a fixed order. The order of a Lua table differs in every process, and with another order of headers V8 would
-- discard code that it has optimised for the previous one: each contender would be measured in a state of its own.
init = function()
  local names = {}
  for name in pairs(wrk.headers) do
    if name ~= 'Host' then names[#names + 1] = name end
  end
  table.sort(names)
  local lines = { wrk.method .. ' ' .. wrk.path .. ' HTTP/1.1', 'Host: ' .. wrk.headers['Host'] }
  for _, name in ipairs(names) do lines[#lines + 1] = name .. ': ' .. wrk.headers[name] end
  local text = table.concat(lines, '\r\n') .. '\r\n\r\n'
  wrk.format = function() return text end
end

-- Prints the results as JSON on a separate line.
done = function(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"micros":%d,"errors":%d,"medianMicros":%.0f,"p99Micros":%.0f}\n',
    summary.requests, summary.duration,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout,
    latency:percentile(50), latency:percentile(99)))
end
