import de.bwaldvogel.mongo.backend.KeyValue;
import de.bwaldvogel.mongo.backend.Missing;
import de.bwaldvogel.mongo.backend.ValueComparator;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.wire.bson.BsonDecoder;
import de.bwaldvogel.mongo.wire.bson.BsonEncoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.WriteBuffer;
import org.h2.mvstore.type.BasicDataType;

/** How documents and keys lie in the file: as BSON. H2's own way is Java serialisation, also to compare two keys. */
final class Types {
  private abstract static class Bson<T> extends BasicDataType<T> {
    abstract Document wrap(T value);

    abstract T unwrap(Document document);

    @Override
    public int getMemory(T value) {
      return memory(value);
    }

    @Override
    public void write(WriteBuffer buffer, T value) {
      ByteBuf encoded = Unpooled.buffer(512);
      BsonEncoder.encodeDocument(wrap(value), encoded);
      byte[] bytes = ByteBufUtil.getBytes(encoded, encoded.readerIndex(), encoded.readableBytes(), false);
      buffer.putVarInt(encoded.readableBytes()).put(bytes, 0, encoded.readableBytes());
    }

    @Override
    public T read(ByteBuffer buffer) {
      byte[] bytes = new byte[DataUtils.readVarInt(buffer)];
      buffer.get(bytes);
      return unwrap(BsonDecoder.decodeBson(Unpooled.wrappedBuffer(bytes)));
    }
  }

  static final class Documents extends Bson<Document> {
    @Override
    Document wrap(Document value) {
      return value;
    }

    @Override
    Document unwrap(Document document) {
      return document;
    }

    @Override
    public Document[] createStorage(int size) {
      return new Document[size];
    }
  }

  /** Ids and positions: of any one type that BSON has. */
  static final class Values extends Bson<Object> {
    @Override
    Document wrap(Object value) {
      return value instanceof Missing ? new Document() : new Document("v", value);
    }

    @Override
    Object unwrap(Document document) {
      return document.containsKey("v") ? document.get("v") : Missing.getInstance();
    }

    @Override
    public int compare(Object left, Object right) {
      return compareValues(left, right);
    }

    @Override
    public Object[] createStorage(int size) {
      return new Object[size];
    }
  }

  static final class Keys extends Bson<KeyValue> {
    @Override
    Document wrap(KeyValue key) {
      Document document = new Document();
      for (int i = 0; i < key.size(); i++) document.put(String.valueOf(i), present(key.get(i)));
      return document;
    }

    @Override
    KeyValue unwrap(Document document) {
      return new KeyValue(new ArrayList<>(document.values()));
    }

    @Override
    public int compare(KeyValue left, KeyValue right) {
      int shared = Math.min(left.size(), right.size());
      for (int i = 0; i < shared; i++) {
        int order = compareValues(left.get(i), right.get(i));
        if (order != 0) return order;
      }
      return Integer.compare(left.size(), right.size());
    }

    @Override
    public KeyValue[] createStorage(int size) {
      return new KeyValue[size];
    }
  }

  /** Null and absent are one. */
  static int compareValues(Object left, Object right) {
    if (left instanceof String && right instanceof String) return ((String) left).compareTo((String) right);
    return ValueComparator.ascWithoutListHandling().compare(present(left), present(right));
  }

  /** As an index holds it: numbers of any type alike. */
  static Object normal(Object value) {
    return new KeyValue(value == null ? Missing.getInstance() : value).normalized().get(0);
  }

  private static Object present(Object value) {
    return value instanceof Missing ? null : value;
  }

  private static int memory(Object value) {
    if (value instanceof String) return 48 + 2 * ((String) value).length();
    int sum = 64;
    if (value instanceof Document) for (Object part : ((Document) value).values()) sum += 48 + memory(part);
    if (value instanceof List) for (Object part : (List<?>) value) sum += 16 + memory(part);
    return sum;
  }

  private Types() {}
}
