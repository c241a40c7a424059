// Holds PDF files to ISO standards by veraPDF's rules: `java -cp JAR Conform.java PDFA-2A,PDFUA-1 FILE...`.
//
// Prints a line for each rule that is broken, with the first place: FILE TAB PROFILE TAB RULE TAB WORDS.
// The profiles are read here because the jar has no reader for them.
import java.io.FileInputStream;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.xml.parsers.DocumentBuilderFactory;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;
import org.verapdf.pdfa.validation.profiles.ErrorArgument;
import org.verapdf.pdfa.validation.profiles.ErrorArgumentImpl;
import org.verapdf.pdfa.validation.profiles.Profiles;
import org.verapdf.pdfa.validation.profiles.Rule;
import org.verapdf.pdfa.validation.profiles.ValidationProfile;
import org.verapdf.pdfa.validation.profiles.Variable;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

public class Conform {
    public static void main(String[] said) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        for (String name : said[0].split(",")) {
            ValidationProfile profile = profile(name);
            for (int i = 1; i < said.length; i++) check(said[i], name, profile);
        }
    }

    private static void check(String file, String name, ValidationProfile profile) throws Exception {
        try (InputStream data = new FileInputStream(file);
                PDFAParser parser = Foundries.defaultInstance().createParser(data, profile.getPDFAFlavour());
                PDFAValidator validator = Foundries.defaultInstance().createValidator(profile, 1, false, true, false)) {
            ValidationResult found = validator.validate(parser);
            for (TestAssertion one : found.getTestAssertions()) {
                if (one.getStatus() != TestAssertion.Status.FAILED) continue;
                String rule = one.getRuleId().getClause() + "-" + one.getRuleId().getTestNumber();
                String words = one.getErrorMessage() != null ? one.getErrorMessage() : one.getMessage();
                String place = one.getLocation().getContext();
                System.out.println(String.join("\t", file, name, rule, words + " at " + place));
            }
            System.out.println(String.join("\t", file, name, "", found.getTotalAssertions() + " checks"));
        }
    }

    private static ValidationProfile profile(String name) throws Exception {
        String path = "org/verapdf/pdfa/validation/" + name + ".xml";
        Element top;
        try (InputStream data = Conform.class.getClassLoader().getResourceAsStream(path)) {
            top = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(data).getDocumentElement();
        }
        Set<Rule> rules = new LinkedHashSet<>();
        for (Element one : all(top, "rule")) {
            Element id = all(one, "id").get(0);
            List<ErrorArgument> arguments = new ArrayList<>();
            for (Element argument : all(one, "argument")) {
                String alias = argument.hasAttribute("name") ? argument.getAttribute("name") : null;
                arguments.add(ErrorArgumentImpl.fromValues(argument.getTextContent(), alias, null));
            }
            rules.add(Profiles.ruleFromValues(
                Profiles.ruleIdFromValues(
                    PDFAFlavour.Specification.valueOf(id.getAttribute("specification")),
                    id.getAttribute("clause"),
                    Integer.parseInt(id.getAttribute("testNumber"))),
                one.getAttribute("object"),
                one.hasAttribute("deferred") ? Boolean.valueOf(one.getAttribute("deferred")) : null,
                one.getAttribute("tags"), text(one, "description"), text(one, "test"),
                Profiles.errorFromValues(text(one, "message"), arguments), List.of()));
        }
        Set<Variable> variables = new HashSet<>();
        for (Element one : all(top, "variable")) {
            variables.add(Profiles.variableFromValues(
                one.getAttribute("name"), one.getAttribute("object"), text(one, "defaultValue"), text(one, "value")));
        }
        return Profiles.profileFromValues(
            PDFAFlavour.valueOf(top.getAttribute("flavour")), Profiles.profileDetailsFromValues("", "", "", new java.util.Date(0)), "", rules, variables);
    }

    private static List<Element> all(Element top, String name) {
        List<Element> found = new ArrayList<>();
        NodeList nodes = top.getElementsByTagName(name);
        for (int i = 0; i < nodes.getLength(); i++) found.add((Element) nodes.item(i));
        return found;
    }

    private static String text(Element top, String name) {
        return all(top, name).get(0).getTextContent();
    }
}
